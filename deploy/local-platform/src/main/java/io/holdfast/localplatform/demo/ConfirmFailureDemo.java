package io.holdfast.localplatform.demo;

import io.holdfast.localplatform.console.Table;
import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * A Confirm that keeps failing, told while it happens: the capture of a card payment whose gateway hangs up. It is attempted with
 * growing gaps, given up at its deadline, the order is closed and its goods are released while the gateway is still gone, and what the
 * gateway holds is voided, once, when it is back.
 */
public final class ConfirmFailureDemo {

    private static final Duration POLL = Duration.ofMillis(50);
    /** Looks for attempts between two looks at everything: some follow each other within a moment. */
    private static final int SHORT_LOOKS = 4;

    private static final Duration SETTINGS_WITHIN = Duration.ofSeconds(30);
    /** Beyond the deadline, as the platform promises for every order. */
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(60);

    private static final Duration VOIDED_WITHIN = Duration.ofSeconds(60);
    private static final int RECEIVED = 5;
    private static final long PRICE = 59_00;
    /** When, which, the gap, the most that it may be, when the next one is due, why. */
    private static final String ROW = "  %8s  %-9s  %7s  %7s  %8s  %s";

    private final Stack stack;
    private final PrintStream out;
    private final CardPolicy policy;
    private final Calls calls;
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final String sku = "DEMO-KETTLE-" + run.toUpperCase(Locale.ROOT);
    private final String buyer = "cora-" + run;
    private final List<String> deviations = new ArrayList<>();
    private final Table figures = new Table("", "available", "reserved", "sold", "held on cards", "taken from cards");

    public ConfirmFailureDemo(Stack stack, PrintStream out, Duration deadline) {
        this.stack = stack;
        this.out = out;
        this.policy = new CardPolicy(Duration.ofSeconds(1), Duration.ofSeconds(8), deadline);
        this.calls = new Calls(stack.tokens());
    }

    /**
     * @return whether it ended as it must
     * @throws IllegalStateException if the platform does not run, or another demonstration does
     */
    public boolean run() throws InterruptedException {
        requireReady();
        try {
            DemoFaults faults = DemoFaults.at(stack, calls, out);
            // Ctrl-C, a closed terminal or a SIGTERM: the settings are restored and the gateway is healed all the same.
            Thread undo = new Thread(faults::close, "undo the faults");
            Runtime.getRuntime().addShutdownHook(undo);
            try {
                tell(faults);
            } finally {
                faults.close();
                forget(undo);
            }
        } catch (IOException failure) {
            deviations.add(String.valueOf(failure.getMessage()));
        }
        deviations.forEach(deviation -> out.println("NOT AS EXPECTED  " + deviation));
        return deviations.isEmpty();
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // Then it runs, and finds everything undone.
        }
    }

    private void requireReady() throws InterruptedException {
        for (Part part : stack.parts()) {
            Part.State state = part.state();
            if (state != Part.State.READY) {
                throw new IllegalStateException("the platform in " + stack.runFolder() + " does not run: " + part.name()
                        + " is " + state.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                        + " (deploy/up starts it, deploy/status shows all parts)");
            }
        }
    }

    private void tell(DemoFaults faults) throws IOException, InterruptedException {
        out.println("A Confirm that fails: " + RECEIVED + " of " + sku + " come in stock, at " + Calls.yuan(PRICE)
                + " CNY each; " + buyer + " pays by card");
        calls.post(stack.stock().url() + "/stock/" + sku + "/receipts", Map.of("quantity", RECEIVED));

        String healthy = order();
        JsonNode paid = awaitStatus(healthy, "PAID", Duration.ofSeconds(20));
        out.println();
        out.println("First an order as it should be: " + healthy + " is "
                + paid.path("status").asString(""));
        note("before", healthy);

        faults.hurry(policy);
        awaitPolicy();
        faults.breakGateway();
        out.println();
        out.println(
                "Now the gateway authorizes, and hangs up on everything else. By a live change in Nacos, captures are");
        out.println("attempted again after at most " + FailedAttempts.seconds(policy.initialDelay())
                + ", then twice that and so on to " + FailedAttempts.seconds(policy.maxDelay())
                + ", and given up after " + FailedAttempts.seconds(policy.deadline()) + ".");
        Instant from = Instant.now();
        String stuck = order();
        out.println();
        out.println("Order " + stuck);
        JsonNode closed = watch(stuck, from, healthy);
        boolean gatewayWasGone = isBroken();
        note("closed, gateway still gone", healthy, stuck);
        faults.restore();

        out.println();
        out.println(row(from, "the gateway is back"));
        faults.healGateway();
        List<String> effects = awaitVoid(stuck);
        out.println(row(from, "its ledger of this order: " + String.join(", ", effects)));
        note("gateway back", healthy, stuck);

        out.println();
        figures.lines("  ").forEach(out::println);
        check(
                "the reason of the end",
                "payment-given-up",
                closed.path("closing").path("code").asString(""));
        check("the gateway was gone until the end", true, gatewayWasGone);
        check("what the gateway did", List.of("AUTHORIZED", "VOIDED"), effects);
        check("available", RECEIVED - 1L, stock("available"));
        check("reserved", 0L, stock("reserved"));
        check("sold", 1L, stock("sold"));
        guide(stuck);
    }

    private String order() throws IOException, InterruptedException {
        Calls.Answer answer = calls.order(
                stack.order().url() + "/orders",
                buyer,
                new Calls.Item(sku, 1, PRICE),
                Map.of("method", "CARD", "token", "tok_ok"));
        return answer.requireSuccess().path("orderId").asString("");
    }

    /** Tells what happens to an order until it is closed. */
    private JsonNode watch(String orderId, Instant from, String healthy) throws IOException, InterruptedException {
        out.println(ROW.formatted("at", "", "gap", "at most", "next in", "why").stripTrailing());
        Watched watched = new Watched(orderId, from, healthy);
        Instant end = Instant.now().plus(policy.deadline()).plus(CLOSED_WITHIN);
        JsonNode order = watched.look();
        while (!watched.status.equals("CLOSED")) {
            if (Instant.now().isAfter(end)) {
                throw new IOException("order " + orderId + " is " + watched.status + " and not CLOSED after "
                        + FailedAttempts.seconds(Duration.between(from, Instant.now())));
            }
            order = watched.look();
        }
        check("several attempts were seen", true, watched.attempts.known().size() > 1);
        return order;
    }

    /** What is known of the order by now; each look tells what is new. */
    private final class Watched {

        private final String orderId;
        private final Instant from;
        private final String healthy;
        private final FailedAttempts attempts = new FailedAttempts();
        private String payment = "OPEN";
        private String status = "";

        private Watched(String orderId, Instant from, String healthy) {
            this.orderId = orderId;
            this.from = from;
            this.healthy = healthy;
        }

        private JsonNode look() throws IOException, InterruptedException {
            JsonNode order = calls.get(orderUrl(orderId));
            lookAtAttempts(order);
            lookAtPayment();
            String now = order.path("status").asString("");
            if (!now.equals(status)) {
                status = now;
                out.println(row(
                        from,
                        "order " + now + "; stock: " + stock("available") + " available, " + stock("reserved")
                                + " reserved, " + stock("sold") + " sold"));
                if (now.equals("CONFIRMING")) {
                    note("while it is attempted", healthy, orderId);
                }
            }
            return order;
        }

        private void lookAtAttempts(JsonNode order) throws IOException, InterruptedException {
            for (FailedAttempts.Attempt attempt : attempts.learnFrom(order)) {
                out.println(row(from, attempts, attempt, policy));
            }
            for (int i = 0; i < SHORT_LOOKS; i++) {
                JsonNode overview = calls.get(stack.payment().managementUrl() + "/actuator/tcc?action="
                        + CardPolicy.ACTION + "&state=SCHEDULED&limit=1000");
                attempts.learnFrom(overview, order, Instant.now())
                        .ifPresent(attempt -> out.println(row(from, attempts, attempt, policy)));
                pause();
            }
        }

        private void lookAtPayment() throws IOException, InterruptedException {
            JsonNode found = calls.get(stack.payment().url() + "/payments?orderId=" + orderId);
            String now = found.path("status").asString("");
            if (!now.equals(payment)) {
                payment = now;
                String reason = FailedAttempts.shortened(found.path("reason").asString(""), orderId);
                out.println(row(from, "payment " + now + (reason.isEmpty() ? "" : ", " + reason)));
            }
        }
    }

    static String row(Instant from, FailedAttempts attempts, FailedAttempts.Attempt attempt, CardPolicy policy) {
        List<FailedAttempts.Attempt> known = attempts.known();
        int index = known.indexOf(attempt);
        // Of one that came in between and was not seen there is no gap to tell.
        Optional<FailedAttempts.Attempt> before = index == 0
                ? Optional.empty()
                : Optional.of(known.get(index - 1)).filter(one -> one.number() == attempt.number() - 1);
        return ROW.formatted(
                        FailedAttempts.seconds(Duration.between(from, attempt.at())),
                        "attempt " + attempt.number(),
                        before.map(earlier -> FailedAttempts.seconds(Duration.between(earlier.at(), attempt.at())))
                                .orElse(""),
                        before.map(earlier -> FailedAttempts.seconds(policy.mostAfter(earlier.number())))
                                .orElse(""),
                        attempt.nextDue()
                                .map(due -> FailedAttempts.seconds(Duration.between(attempt.at(), due)))
                                .orElse(""),
                        attempt.error())
                .stripTrailing();
    }

    private static String row(Instant from, String what) {
        return "  %8s  %s".formatted(FailedAttempts.seconds(Duration.between(from, Instant.now())), what);
    }

    // What is waited for

    private JsonNode awaitStatus(String orderId, String status, Duration within)
            throws IOException, InterruptedException {
        Instant end = Instant.now().plus(within);
        while (true) {
            JsonNode order = calls.get(orderUrl(orderId));
            if (order.path("status").asString("").equals(status)) {
                return order;
            }
            if (Instant.now().isAfter(end)) {
                throw new IOException("order " + orderId + " is "
                        + order.path("status").asString("?") + " and not " + status + " after "
                        + FailedAttempts.seconds(within));
            }
            pause();
        }
    }

    private void awaitPolicy() throws IOException, InterruptedException {
        Instant end = Instant.now().plus(SETTINGS_WITHIN);
        while (!policy.deadline().toString().equals(deadlineInForce())) {
            if (Instant.now().isAfter(end)) {
                throw new IOException("payment-svc does not obey the changed settings after "
                        + FailedAttempts.seconds(SETTINGS_WITHIN));
            }
            pause();
        }
    }

    private String deadlineInForce() throws IOException, InterruptedException {
        return calls.get(stack.payment().managementUrl() + "/actuator/tcc")
                .path("actions")
                .path(CardPolicy.ACTION)
                .path("deadline")
                .asString("");
    }

    /** @return what the gateway did for the order, in its order */
    private List<String> awaitVoid(String orderId) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(VOIDED_WITHIN);
        List<String> effects = effects(orderId);
        while (effects.size() < 2 && Instant.now().isBefore(end)) {
            pause();
            effects = effects(orderId);
        }
        return effects;
    }

    private static void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }

    // Figures

    private long stock(String figure) throws IOException, InterruptedException {
        return Calls.amount(calls.get(stack.stock().url() + "/stock/" + sku).path(figure));
    }

    private void note(String when, String... orders) throws IOException, InterruptedException {
        long held = 0;
        long taken = 0;
        for (String order : orders) {
            for (JsonNode sum : calls.get(stack.gateway().url() + "/ledger/totals?reference=" + order)
                    .path("totals")) {
                held += Calls.amount(sum.path("held"));
                taken += Calls.amount(sum.path("taken"));
            }
        }
        figures.row(when, stock("available"), stock("reserved"), stock("sold"), Calls.yuan(held), Calls.yuan(taken));
    }

    private List<String> effects(String orderId) throws IOException, InterruptedException {
        List<String> effects = new ArrayList<>();
        for (JsonNode entry : calls.get(stack.gateway().url() + "/ledger?reference=" + orderId)
                .path("entries")) {
            if (!entry.path("effect").asString("").equals("NONE")) {
                effects.add(entry.path("effect").asString(""));
            }
        }
        return effects;
    }

    /** Whether the rules are in force, and were met: a gateway that worked would prove nothing. */
    private boolean isBroken() throws IOException, InterruptedException {
        for (JsonNode rule : calls.get(stack.gateway().url() + "/behaviour").path("rules")) {
            if (rule.path("operation").asString("").equals("CAPTURE")
                    && rule.path("applied").asLong(0) > 0) {
                return true;
            }
        }
        return false;
    }

    private String orderUrl(String orderId) {
        return stack.order().url() + "/orders/" + orderId;
    }

    private void check(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            deviations.add(what + ": " + actual + " instead of " + expected);
        }
    }

    private void guide(String orderId) {
        out.println();
        out.println("Where to look next, with operator=\"Authorization: Bearer $(deploy/token --operator)\"");
        Table table = new Table("", "");
        table.row("the order's timeline", "curl -s -H \"$operator\" " + orderUrl(orderId));
        table.row(
                "its payment",
                "curl -s -H \"$operator\" '" + stack.payment().url() + "/payments?orderId=" + orderId + "'");
        table.row(
                "the gateway's ledger",
                "curl -s -H \"$operator\" '" + stack.gateway().url() + "/ledger?reference=" + orderId + "'");
        table.row(
                "what is not finished",
                "curl -s -H \"$operator\" " + stack.payment().managementUrl() + "/actuator/tcc");
        table.lines("  ").stream().skip(1).forEach(out::println);
    }
}
