package io.holdfast.systemtest.orders;

import static org.awaitility.Awaitility.await;

import io.holdfast.systemtest.platform.Databases;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** When the captures of some orders were attempted, and when the next attempt was due: seen in the fence rows of payment-svc. */
final class Attempts {

    /** A row that is claimed shows the end of its lease, which is no delay. */
    private static final String ROWS = """
            select group_concat(concat_ws(' ', o.order_id, f.attempts, if(f.claimed_by is null,
                coalesce(timestampdiff(microsecond, utc_timestamp(3), f.next_attempt_at) div 1000, -1), -1)))
            from payment_svc.tcc_fence_log f join order_svc.orders o on o.xid = f.xid
            where f.action_name = 'payment.card' and f.attempts > 0 and o.order_id in (%s)
            """;

    /** @param delay until the next one is due: a little less than what was set */
    private record Seen(long atMillis, long delay) {}

    private final Databases databases;
    private final List<String> orders;
    private final String rows;
    /** By order and number of the attempt. */
    private final Map<String, TreeMap<Long, Seen>> seen = new HashMap<>();

    Attempts(Databases databases, List<String> orders) {
        this.databases = databases;
        this.orders = List.copyOf(orders);
        this.rows = ROWS.formatted(String.join(", ", Collections.nCopies(orders.size(), "?")));
        orders.forEach(order -> seen.put(order, new TreeMap<>()));
    }

    /** How many have failed by now, by order; all at one moment. */
    Map<String, Long> numbers() {
        Map<String, Long> numbers = new HashMap<>();
        orders.forEach(order -> numbers.put(order, 0L));
        String found = databases.text(rows, orders.toArray());
        for (String row : found.isEmpty() ? new String[0] : found.split(",")) {
            String[] cells = row.split(" ");
            long number = Long.parseLong(cells[1]);
            long delay = Long.parseLong(cells[2]);
            numbers.put(cells[0], number);
            if (delay >= 0) {
                seen.get(cells[0]).putIfAbsent(number, new Seen(System.nanoTime() / 1_000_000, delay));
            }
        }
        return numbers;
    }

    /** Watches until each order has had so many. */
    void watchUntil(long attempts) {
        await(attempts + " attempts of each order")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(60))
                .until(() -> numbers().values().stream().allMatch(number -> number >= attempts));
    }

    List<Long> delaysAfter(long attempt) {
        return seen.values().stream()
                .filter(ofOrder -> ofOrder.containsKey(attempt))
                .map(ofOrder -> ofOrder.get(attempt).delay())
                .toList();
    }

    /** From an attempt to the next one, for the orders of which both were seen. */
    List<Long> gapsAfter(long attempt) {
        return seen.values().stream()
                .filter(ofOrder -> ofOrder.containsKey(attempt) && ofOrder.containsKey(attempt + 1))
                .map(ofOrder -> ofOrder.get(attempt + 1).atMillis()
                        - ofOrder.get(attempt).atMillis())
                .toList();
    }

    /** After the attempts beyond that number. */
    List<Long> delaysOf(String order, long beyond) {
        return seen.get(order).tailMap(beyond, false).values().stream()
                .map(Seen::delay)
                .toList();
    }
}
