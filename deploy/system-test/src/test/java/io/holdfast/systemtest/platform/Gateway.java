package io.holdfast.systemtest.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** The card gateway's sandbox as a test uses it: it is told to misbehave, and its own ledger says what was charged. */
public final class Gateway {

    private final Platform platform;

    public Gateway(Platform platform) {
        this.platform = platform;
    }

    /** One way to misbehave, and when. */
    public record Rule(Map<String, Object> json) {

        /** With the delay that some kinds need. */
        public Rule delayed(Duration delay) {
            return with("delayMillis", delay.toMillis());
        }

        /** With the status that some kinds need. */
        public Rule status(int status) {
            return with("status", status);
        }

        /** Only at the calls of this charge, whatever else is asked of the gateway meanwhile. */
        public Rule ofCharge(String charge) {
            return with("charge", charge);
        }

        private Rule with(String name, Object value) {
            Map<String, Object> more = new TreeMap<>(json);
            more.put(name, value);
            return new Rule(more);
        }
    }

    /** For the next n calls of an operation. */
    public static Rule times(String operation, String kind, int times) {
        return new Rule(Map.of("operation", operation, "kind", kind, "times", times));
    }

    /** At every call of an operation. */
    public static Rule always(String operation, String kind) {
        return new Rule(Map.of("operation", operation, "kind", kind, "rate", 1));
    }

    /** In place of what it was told before. */
    public void behave(Rule... rules) {
        List<Map<String, Object>> all = Arrays.stream(rules).map(Rule::json).toList();
        Answer answer = platform.call("PUT", behaviour(), Map.of(), Platform.text(Map.of("rules", all)));
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    /** Back to normal; calls that are held back end at once. */
    public void heal() {
        assertThat(platform.call("DELETE", behaviour(), Map.of(), "").status()).isEqualTo(204);
    }

    /**
     * Returns once payment-svc calls it as ever: where calls failed often enough, the circuit breaker is open for some seconds, and
     * then wants to see some that succeed.
     */
    public void awaitCalls() {
        String sku = platform.goods(1_000);
        String buyer = platform.buyer(0);
        AtomicInteger paid = new AtomicInteger();
        platform.events().waited("card orders are paid", () -> await("card orders are paid")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    boolean isPaid = platform.cardOrder(buyer, new Platform.Line(sku, 1, 1))
                            .orderStatus()
                            .equals("PAID");
                    return isPaid && paid.incrementAndGet() == 2;
                }));
    }

    /** How often each rule was met: a fault that never fired proves nothing. */
    public List<Integer> applied() {
        List<Integer> applied = new ArrayList<>();
        platform.get(behaviour())
                .body()
                .path("rules")
                .forEach(rule -> applied.add(rule.path("applied").asInt()));
        return applied;
    }

    /** How often a call of this charge has met a rule of that kind. */
    public int applied(String charge, String kind) {
        int applied = 0;
        for (JsonNode rule : platform.get(behaviour()).body().path("rules")) {
            if (rule.path("charge").asString("").equals(charge)
                    && rule.path("kind").asString("").equals(kind)) {
                applied += rule.path("applied").asInt();
            }
        }
        return applied;
    }

    /** Returns once a call is held back, which is under way for its caller. */
    public void awaitHeld() {
        await("the gateway holds a call back")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(30))
                .until(() -> platform.get(behaviour()).body().path("held").asInt() > 0);
    }

    /** What took effect for an order, in its order. */
    public List<String> effects(String order) {
        List<String> effects = new ArrayList<>();
        for (JsonNode entry : platform.get(platform.stack().gateway().url() + "/ledger?reference=" + order)
                .body()
                .path("entries")) {
            if (!entry.path("effect").asString().equals("NONE")) {
                effects.add(entry.path("effect").asString());
            }
        }
        return effects;
    }

    public void awaitEffects(String order, String... effects) {
        await("the ledger has " + List.of(effects))
                .atMost(Duration.ofSeconds(60))
                .until(() -> effects(order).equals(List.of(effects)));
    }

    private String behaviour() {
        return platform.stack().gateway().url() + "/behaviour";
    }
}
