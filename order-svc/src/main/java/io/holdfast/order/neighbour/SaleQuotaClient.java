package io.holdfast.order.neighbour;

import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** What stock-svc sets apart for sales. Both calls may be repeated. */
@FeignClient(name = "stock-svc", contextId = "sale-quota")
interface SaleQuotaClient {

    @PutMapping("/internal/sales/{saleId}/quota")
    Quota setApart(@PathVariable("saleId") String saleId, @RequestBody Quota quota);

    @PostMapping("/internal/sales/{saleId}/quota/return")
    Returned giveBack(@PathVariable("saleId") String saleId);

    record Quota(String sku, long quota) {}

    record Returned(long returned) {}
}
