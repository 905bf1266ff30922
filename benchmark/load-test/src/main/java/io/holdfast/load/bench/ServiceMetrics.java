package io.holdfast.load.bench;

import io.holdfast.load.http.Calls;
import io.holdfast.load.platform.Platform;
import io.holdfast.localplatform.part.ComparisonService;
import io.holdfast.localplatform.part.HoldfastService;
import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** What the services count by themselves. */
final class ServiceMetrics {

    private static final String GROUP_SIZE = "holdfast_order_group_size_";

    /** As the starter counts them, and as what Holdfast is compared with does. */
    private static final List<String> MESSAGES =
            List.of("holdfast_tcc_coordinator_messages_total", "comparison_coordinator_messages_total");

    private final Stack stack;
    private final Calls calls;
    private final String token;

    ServiceMetrics(Platform platform, Calls calls) {
        this.stack = platform.stack();
        this.calls = calls;
        this.token = platform.operatorToken();
    }

    /**
     * Since each service was started.
     *
     * @param groups global transactions that orders shared
     * @param orders in them
     */
    record Groups(double groups, double orders) {}

    Groups groups() {
        return groupsIn(read(stack.order().managementUrl()));
    }

    /** Round trips between the services and the coordinator, whoever began them, since each service was started. */
    double coordinatorMessages() {
        double messages = 0;
        for (HoldfastService service : List.of(stack.order(), stack.stock(), stack.payment())) {
            messages += messagesIn(read(service.managementUrl()));
        }
        for (ComparisonService service : stack.comparison()) {
            if (service.isRunning()) {
                messages += messagesIn(read(service.managementUrl()));
            }
        }
        return messages;
    }

    private String read(String managementUrl) {
        try {
            return calls.get(managementUrl + "/actuator/prometheus", token)
                    .requireSuccess()
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException("a service does not tell its metrics", e);
        }
    }

    static Groups groupsIn(String prometheus) {
        return new Groups(sumOfGroups(prometheus, "_count"), sumOfGroups(prometheus, "_sum"));
    }

    private static double sumOfGroups(String prometheus, String kind) {
        return prometheus
                .lines()
                .filter(line -> line.startsWith(GROUP_SIZE))
                .filter(line -> nameIn(line).endsWith(kind))
                .mapToDouble(ServiceMetrics::valueIn)
                .sum();
    }

    static double messagesIn(String prometheus) {
        return prometheus
                .lines()
                .filter(line -> MESSAGES.contains(nameIn(line)))
                .mapToDouble(ServiceMetrics::valueIn)
                .sum();
    }

    private static String nameIn(String line) {
        return line.split("[{ ]", 2)[0];
    }

    private static double valueIn(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}
