package io.holdfast.order.downstream;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** What orders hold in stock-svc. */
@FeignClient(name = "stock-svc", contextId = "stock-states")
interface StockStatesClient {

    @PostMapping("/internal/reservations/states")
    States statesOf(@RequestBody StatesOf orders);

    record StatesOf(List<String> orderIds) {}

    record States(@Nullable List<@Nullable State> reservations) {}

    record State(
            @Nullable String orderId,
            @Nullable String sku,
            long quantity,
            @Nullable String status) {}
}
