package io.holdfast.order.downstream;

import io.holdfast.order.downstream.ReservationClient.Line;
import io.holdfast.order.downstream.ReservationClient.Reservation;
import io.holdfast.order.downstream.ReservationClient.Reservations;
import io.holdfast.order.model.Order;
import java.util.List;
import org.springframework.stereotype.Component;

/** stock-svc, as far as placing an order goes. */
@Component
public class Stock {

    private final ReservationClient client;
    private final TryCall tryCall = new TryCall("stock-svc");

    Stock(ReservationClient client) {
        this.client = client;
    }

    /** Reserves all lines of all orders, or nothing. Call it inside a global transaction, outside any local one. */
    public TryAnswer reserve(List<Order> orders) {
        Reservations reservations =
                new Reservations(orders.stream().map(Stock::reservation).toList());
        return tryCall.make(orders, () -> client.reserve(reservations).reserved());
    }

    private static Reservation reservation(Order order) {
        return new Reservation(
                order.id().value(),
                order.purchase().lines().stream()
                        .map(line ->
                                new Line(line.sku().value(), line.quantity().value()))
                        .toList());
    }
}
