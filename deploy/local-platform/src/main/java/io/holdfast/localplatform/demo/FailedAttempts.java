package io.holdfast.localplatform.demo;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The failed attempts of an order's capture, as they become known. The order's timeline tells of each one; an order-svc whose timeline
 * does not is helped out by the list of open branches, which knows the last one.
 */
public final class FailedAttempts {

    private static final int MAX_ERROR_CHARACTERS = 70;

    /**
     * One attempt that failed.
     *
     * @param number from 1
     * @param nextDue as it was known then
     */
    record Attempt(int number, Instant at, Optional<Instant> nextDue, String error) {}

    private final List<Attempt> known = new ArrayList<>();

    /** @return those of the timeline that were not known yet, in their order */
    List<Attempt> learnFrom(JsonNode order) {
        List<Attempt> fresh = new ArrayList<>();
        for (JsonNode entry : order.path("timeline")) {
            if (entry.path("action").asString("").equals(CardPolicy.ACTION)
                    && entry.path("phase").asString("").equals("CONFIRM")
                    && entry.path("outcome").asString("").equals("FAILED")) {
                instant(entry.path("at"))
                        .map(at -> new Attempt(
                                entry.path("attempts").asInt(last() + 1),
                                at,
                                instant(entry.path("nextDueAt")),
                                shortened(
                                        entry.path("lastError").asString(""),
                                        order.path("orderId").asString(""))))
                        .filter(attempt -> attempt.number() > last())
                        .ifPresent(attempt -> {
                            known.add(attempt);
                            fresh.add(attempt);
                        });
            }
        }
        return fresh;
    }

    /**
     * @param overview as payment-svc answers to GET /actuator/tcc
     * @param seen when it did
     * @return the last attempt, if it was not known yet
     */
    Optional<Attempt> learnFrom(JsonNode overview, JsonNode order, Instant seen) {
        for (JsonNode branch : overview.path("branches")) {
            boolean waits = branch.path("attemptedBy").asString("").isEmpty();
            if (branch.path("xid").asString("").equals(order.path("xid").asString("?"))
                    && waits
                    && branch.path("state").asString("").equals("SCHEDULED")
                    && branch.path("attempts").asInt(0) > last()) {
                Attempt attempt = new Attempt(
                        branch.path("attempts").asInt(0),
                        seen,
                        instant(branch.path("nextAttemptAt")),
                        shortened(
                                branch.path("lastError").asString(""),
                                order.path("orderId").asString("")));
                known.add(attempt);
                return Optional.of(attempt);
            }
        }
        return Optional.empty();
    }

    List<Attempt> known() {
        return List.copyOf(known);
    }

    private int last() {
        return known.isEmpty() ? 0 : known.get(known.size() - 1).number();
    }

    private static Optional<Instant> instant(JsonNode node) {
        try {
            return node.isString() ? Optional.of(Instant.parse(node.asString())) : Optional.empty();
        } catch (DateTimeException notOne) {
            return Optional.empty();
        }
    }

    /** What went wrong, without what the reader of one order's story knows anyway. */
    static String shortened(String error, String orderId) {
        String cause = error.replaceFirst("it is unknown whether the payment of order \\S+ is captured: ", "")
                .replaceFirst("java\\.io\\.IOException: ", "")
                .replace(orderId.isEmpty() ? "\n" : " of order " + orderId, "");
        return cause.length() <= MAX_ERROR_CHARACTERS ? cause : cause.substring(0, MAX_ERROR_CHARACTERS - 3) + "...";
    }

    /** In seconds; what is due by now is due in 0. */
    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", Math.max(0, time.toMillis()) / 1e3);
    }
}
