package io.holdfast.stock.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AllotmentTest {

    private static final Sku A = new Sku("a");
    private static final Sku B = new Sku("b");

    @Test
    void whatSufficesForAllIsGrantedToAll() {
        Allotment allotment =
                Allotment.of(List.of(order("1", Map.of(A, 2, B, 1)), order("2", Map.of(A, 3))), Map.of(A, 5L, B, 9L));

        assertThat(allotment)
                .isEqualTo(new Allotment.Granted(
                        OrderLines.of(new OrderId("any"), Map.of(A, new Quantity(5), B, new Quantity(1)))
                                .lines()));
    }

    @Test
    void theFirstToComeIsServedAndARefusedOrderTakesNothing() {
        List<Refusal> refusals = refusalsOf(
                List.of(
                        order("1", Map.of(A, 4)),
                        order("2", Map.of(A, 1, B, 10)),
                        order("3", Map.of(A, 2)),
                        order("4", Map.of(A, 1))),
                Map.of(A, 5L, B, 9L));

        assertThat(refusals)
                .extracting(refusal -> refusal.order() + " " + refusal.sku() + " " + refusal.available())
                .containsExactly("2 b 9", "3 a 1");
        assertThat(refusals).extracting(Refusal::reason).containsOnly(Refusal.Reason.OUT_OF_STOCK);
    }

    @Test
    void aSkuThatDoesNotExistIsNotMerelySoldOut() {
        List<Refusal> refusals =
                refusalsOf(List.of(order("1", Map.of(A, 1, B, 1)), order("2", Map.of(A, 1))), Map.of(A, 0L));

        assertThat(refusals)
                .extracting(refusal -> refusal.order() + " " + refusal.reason().code() + " " + refusal.sku())
                .containsExactly("1 out-of-stock a", "2 out-of-stock a");
        assertThat(refusalsOf(List.of(order("1", Map.of(A, 1, B, 1))), Map.of(A, 1L)))
                .extracting(refusal -> refusal.reason().code() + " " + refusal.sku() + " " + refusal.available())
                .containsExactly("invalid-order b 0");
    }

    @Test
    void hugeQuantitiesDoNotOverflowIntoAGrant() {
        List<OrderLines> orders = List.of(
                OrderLines.of(new OrderId("1"), Map.of(A, new Quantity(Long.MAX_VALUE))),
                OrderLines.of(new OrderId("2"), Map.of(A, new Quantity(Long.MAX_VALUE))));

        assertThat(refusalsOf(orders, Map.of(A, Long.MAX_VALUE)))
                .extracting(refusal -> refusal.order().value())
                .containsExactly("2");
    }

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void withoutTheRefusedOrdersTheRestIsGrantedAndEachOfThemWouldNotHaveFitted(int seed) {
        Random random = new Random(seed);
        Map<Sku, Long> available = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            available.put(new Sku("s" + i), (long) random.nextInt(12));
        }
        List<OrderLines> orders = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Map<Sku, Integer> lines = new HashMap<>();
            for (int line = 0; line <= random.nextInt(3); line++) {
                lines.put(new Sku("s" + random.nextInt(5)), 1 + random.nextInt(4));
            }
            orders.add(order("o" + i, lines));
        }
        if (Allotment.of(orders, available) instanceof Allotment.Refused refused) {
            List<OrderId> out = refused.refusals().stream().map(Refusal::order).toList();
            List<OrderLines> rest = new ArrayList<>();
            for (OrderLines order : orders) {
                if (out.contains(order.order())) {
                    List<OrderLines> withIt = new ArrayList<>(rest);
                    withIt.add(order);
                    assertThat(Allotment.of(withIt, available)).isInstanceOf(Allotment.Refused.class);
                } else {
                    rest.add(order);
                }
            }
            assertThat(Allotment.of(rest, available)).isInstanceOf(Allotment.Granted.class);
        }
    }

    private static List<Refusal> refusalsOf(List<OrderLines> orders, Map<Sku, Long> available) {
        return ((Allotment.Refused) Allotment.of(orders, available)).refusals();
    }

    private static OrderLines order(String id, Map<Sku, Integer> lines) {
        return OrderLines.of(
                new OrderId(id),
                lines.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, line -> new Quantity(line.getValue()))));
    }
}
