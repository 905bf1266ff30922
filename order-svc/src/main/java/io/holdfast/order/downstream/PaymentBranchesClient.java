package io.holdfast.order.downstream;

import io.holdfast.tcc.branch.BranchRecord;
import java.util.List;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** What payment-svc knows of a global transaction. A client of its own, because a reader waits less long than a Try. */
@FeignClient(name = "payment-svc", contextId = "payment-branches")
interface PaymentBranchesClient {

    @GetMapping("/internal/tcc/branches")
    List<BranchRecord> branchesOf(@RequestParam("xid") String xid);
}
