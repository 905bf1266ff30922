package io.holdfast.stock.reservation;

import io.holdfast.edge.startup.WarmUp;
import io.holdfast.stock.level.StockLevels;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Sku;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Goods come in, are reserved and sold once before stock-svc is ready, in a transaction that is rolled back. */
@Configuration(proxyBeanMethods = false)
class ReservationWarmUp {

    private static final String NO_XID = "warm-up";

    @Bean
    WarmUp reservationPath(Reservations reservations, StockLevels levels, PlatformTransactionManager transactions) {
        TransactionTemplate transaction = new TransactionTemplate(transactions);
        return new WarmUp(
                "reservations",
                () -> transaction.executeWithoutResult(rolledBack -> {
                    rolledBack.setRollbackOnly();
                    // An id of its own for each instance: two that warm up at once would wait for each other's rows.
                    String own = UUID.randomUUID().toString();
                    long branchId = own.hashCode();
                    Quantity one = new Quantity(1);
                    OrderLines order = new OrderLines(new OrderId(own), new TreeMap<>(Map.of(new Sku(own), one)));
                    levels.receive(new Sku(own), one);
                    levels.foresee(List.of(order));
                    reservations.live(List.of(order));
                    reservations.add(NO_XID, branchId, List.of(order));
                    levels.reserve(List.of(order));
                    levels.sell(reservations.sell(NO_XID, branchId));
                }));
    }
}
