package io.holdfast.order.downstream;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** The Try of stock.reserve. */
@FeignClient(name = "stock-svc", contextId = "reservation")
interface ReservationClient {

    @PostMapping("/internal/reservations")
    Reserved reserve(@RequestBody Reservations reservations);

    record Reservations(List<Reservation> orders) {}

    record Reservation(String orderId, List<Line> lines) {}

    record Line(String sku, int quantity) {}

    record Reserved(@Nullable List<String> reserved) {}
}
