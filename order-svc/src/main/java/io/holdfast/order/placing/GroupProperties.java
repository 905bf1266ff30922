package io.holdfast.order.placing;

import io.holdfast.order.model.InvalidValueException;
import io.holdfast.order.model.OrderLimits;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How orders are grouped: {@code holdfast.order.grouping.*}. Operators change it while orders come in.
 *
 * @param enabled whether they are; if not, each has a global transaction of its own
 * @param maxOrders orders of one group. Downstream services take 1,000 in a call; from 1,000 on MariaDB turns a list into a subquery
 * @param maxLines lines of all orders of a group together; one order always fits. Downstream services take 10,000, and 2 MiB
 * @param inFlight groups that are being carried out at once, in one instance
 * @param maxWaiting orders that wait for a group; one more is refused at once
 * @param buyerShare percent of a group's orders and lines, and of the places to wait, that one buyer has while others wait
 * @param patience how long a request waits for its answer, in the queue and after it
 * @param againWithin how old an order may be to be carried out again, if its group failed for no reason of its own
 */
record GroupProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("200") int maxOrders,
        @DefaultValue("2000") int maxLines,
        @DefaultValue("2") int inFlight,
        @DefaultValue("200") int maxWaiting,
        @DefaultValue("25") int buyerShare,
        @DefaultValue("20s") Duration patience,
        @DefaultValue("8s") Duration againWithin) {

    static final int MAX_ORDERS = 500;
    static final int MAX_LINES = 5_000;
    static final int MAX_IN_FLIGHT = 8;
    static final int MAX_WAITING = 10_000;
    static final Duration MAX_PATIENCE = Duration.ofSeconds(40);

    GroupProperties {
        require("max-orders", maxOrders, 1, MAX_ORDERS);
        require("max-lines", maxLines, OrderLimits.MAX_LINES, MAX_LINES);
        require("in-flight", inFlight, 1, MAX_IN_FLIGHT);
        require("max-waiting", maxWaiting, 1, MAX_WAITING);
        require("buyer-share", buyerShare, 1, 100);
        require("patience", patience, Duration.ofMillis(100));
        require("again-within", againWithin, Duration.ZERO);
    }

    int maxOrdersOfABuyer() {
        return shareOf(maxOrders);
    }

    int maxLinesOfABuyer() {
        return shareOf(maxLines);
    }

    int maxWaitingOfABuyer() {
        return shareOf(maxWaiting);
    }

    /** At least one: whoever waits gets on. */
    private int shareOf(int all) {
        return Math.max(1, all * buyerShare / 100);
    }

    private static void require(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InvalidValueException(name + " must be " + least + " to " + most);
        }
    }

    private static void require(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(MAX_PATIENCE) > 0) {
            throw new InvalidValueException(
                    name + " must be " + least.toMillis() + "ms to " + MAX_PATIENCE.toSeconds() + "s");
        }
    }
}
