package io.holdfast.order.downstream;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;

/** What stock-svc allocates to sales. All calls may be repeated. */
@FeignClient(name = "stock-svc", contextId = "sale-quota")
interface SaleQuotaClient {

    @PutMapping("/internal/sales/{saleId}/quota")
    Quota allocate(@PathVariable("saleId") String saleId, @RequestBody Quota quota);

    @PostMapping("/internal/sales/{saleId}/quota/return")
    Returned giveBack(@PathVariable("saleId") String saleId);

    @GetMapping("/internal/sales/quotas")
    Quotas allocated(@RequestParam("after") @Nullable String after, @RequestParam("size") int size);

    record Quotas(@Nullable List<@Nullable Allocated> quotas) {}

    record Allocated(
            @Nullable String saleId,
            @Nullable String sku,
            long quota,
            @Nullable Instant setApartAt) {}

    record Quota(String sku, long quota) {}

    record Returned(long returned) {}
}
