package io.holdfast.tcc.branch;

import io.holdfast.tcc.xid.Xid;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Lets the service that owns a global transaction show what happened in the services that it called. */
@RestController
public class BranchHistoryResource {

    private final BranchHistory history;

    public BranchHistoryResource(BranchHistory history) {
        this.history = history;
    }

    @GetMapping("/internal/tcc/branches")
    List<BranchRecord> branches(@RequestParam String xid) {
        return history.branchesOf(Xid.requireWellFormed(xid));
    }
}
