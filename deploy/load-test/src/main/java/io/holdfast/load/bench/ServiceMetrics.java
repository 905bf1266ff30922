package io.holdfast.load.bench;

import io.holdfast.load.http.Calls;
import io.holdfast.load.platform.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;

/** How many orders went into how many global transactions together, as order-svc counts it. */
final class GroupMetrics {

    private static final String SIZE = "holdfast_order_group_size_";

    private final Calls calls;
    private final String url;
    private final String token;

    GroupMetrics(Platform platform, Calls calls) {
        this.calls = calls;
        this.url = platform.stack().order().managementUrl() + "/actuator/prometheus";
        this.token = platform.operatorToken();
    }

    /** Since order-svc was started. */
    record Counted(double groups, double orders) {}

    Counted read() {
        try {
            return parse(calls.get(url, token).requireSuccess().body());
        } catch (IOException e) {
            throw new UncheckedIOException("order-svc does not tell its metrics", e);
        }
    }

    static Counted parse(String prometheus) {
        return new Counted(sum(prometheus, "_count"), sum(prometheus, "_sum"));
    }

    private static double sum(String prometheus, String kind) {
        return prometheus
                .lines()
                .filter(line -> line.startsWith(SIZE))
                .filter(line -> line.split("[{ ]", 2)[0].endsWith(kind))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
