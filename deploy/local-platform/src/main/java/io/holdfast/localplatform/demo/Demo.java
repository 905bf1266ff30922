package io.holdfast.localplatform.demo;

import io.holdfast.localplatform.console.Table;
import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * The main job, done once for real over HTTP: goods and money in, then one order that is paid, one for which stock is short and one for which
 * money is short. The two that fail take the SKU and the buyer of this run alone, so that the outcome is the same however often it is run.
 */
public final class Demo {

    private static final String TEA = "DEMO-TEA";
    /** An order is final within its global transaction's ten seconds and the coordinator's next round, unless something is wrong. */
    private static final Duration FINAL_WITHIN = Duration.ofSeconds(40);

    /** What is said of a branch that is still being attempted. */
    private static final Set<String> NOT_THE_END = Set.of("FAILED", "SCHEDULED", "PAUSED");

    private final Stack stack;
    private final Calls calls;
    private final PrintStream out;
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final String lamp = "DEMO-LAMP-" + run.toUpperCase(Locale.ROOT);
    private final String ann = "ann-" + run;
    private final String ben = "ben-" + run;
    private final List<String> deviations = new ArrayList<>();

    public Demo(Stack stack, PrintStream out) {
        this.stack = stack;
        this.out = out;
        this.calls = new Calls(stack.tokens());
    }

    /** @return whether everything came out as it must */
    public boolean run() throws InterruptedException {
        out.println();
        out.println("The main job: " + ann + " has 100.00 CNY and " + ben + " has 5.00; in stock come 10 of " + TEA
                + " and 3 of " + lamp);
        try {
            receive(TEA, 10);
            receive(lamp, 3);
            deposit(ann, 100_00);
            deposit(ben, 5_00);
            Figures before = figures();
            order(new Request("2 x " + TEA + " for " + ann, ann, TEA, 2, 19_90), new Expected(201, "", "PAID"));
            order(
                    new Request("5 x " + lamp + " for " + ann + ", of which there are 3", ann, lamp, 5, 9_90),
                    new Expected(409, "out-of-stock", "REJECTED"));
            order(
                    new Request("1 x " + TEA + " for " + ben + ", whose money is short", ben, TEA, 1, 19_90),
                    new Expected(402, "insufficient-funds", "REJECTED"));
            Figures after = figures();
            printFigures(before, after);
            check("only the paid order changed stock and money", before.afterSelling(2, 2 * 19_90), after);
        } catch (IOException failure) {
            deviations.add(String.valueOf(failure.getMessage()));
        }
        for (String deviation : deviations) {
            out.println("NOT AS EXPECTED  " + deviation);
        }
        if (!deviations.isEmpty()) {
            out.println(
                    "The platform keeps running, so that you can look for the reason: deploy/status names the logs.");
        }
        return deviations.isEmpty();
    }

    private record Request(String text, String buyer, String sku, int quantity, long unitPrice) {}

    /** @param problem the code of the problem; empty for none */
    private record Expected(int status, String problem, String orderStatus) {}

    private void order(Request request, Expected expected) throws IOException, InterruptedException {
        Calls.Answer answer = calls.order(
                stack.order().url() + "/orders",
                request.buyer(),
                new Calls.Item(request.sku(), request.quantity(), request.unitPrice()),
                Map.of("method", "WALLET"));
        String orderId = answer.body().path("orderId").asString("");
        String problem = answer.body().path("code").asString("");
        out.println();
        out.println("Order: " + request.text());
        out.println(
                "  answered with " + answer.status() + (problem.isEmpty() ? "" : " " + problem) + ", order " + orderId);
        check("HTTP status of: " + request.text(), expected.status(), answer.status());
        check("problem of: " + request.text(), expected.problem(), problem);
        if (orderId.isEmpty()) {
            deviations.add("no order id in " + answer.body());
            return;
        }
        JsonNode order = finalState(orderId);
        check(
                "status of order " + orderId,
                expected.orderStatus(),
                order.path("status").asString(""));
        printTimeline(order);
    }

    /** The order once it has ended and every branch of it is decided; or as it stands when that takes too long. */
    private JsonNode finalState(String orderId) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + FINAL_WITHIN.toNanos();
        while (true) {
            JsonNode order = calls.get(stack.order().url() + "/orders/" + orderId);
            if (isFinal(order)) {
                return order;
            }
            if (System.nanoTime() > deadline) {
                deviations.add("order " + orderId + " has not ended after " + FINAL_WITHIN.toSeconds() + " s");
                return order;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static boolean isFinal(JsonNode order) {
        String status = order.path("status").asString("");
        if (!status.equals("PAID") && !status.equals("REJECTED")) {
            return false;
        }
        List<String> tried = new ArrayList<>();
        List<String> decided = new ArrayList<>();
        for (JsonNode entry : order.path("timeline")) {
            String branch = entry.path("branchId").asString("");
            if (NOT_THE_END.contains(entry.path("outcome").asString(""))) {
                continue;
            }
            (entry.path("phase").asString("").equals("TRY") ? tried : decided).add(branch);
        }
        return decided.containsAll(tried);
    }

    private void printTimeline(JsonNode order) {
        String xid = order.path("xid").asString("");
        out.println(
                "  " + order.path("status").asString("?") + ", global transaction " + (xid.isEmpty() ? "none" : xid));
        Table table = new Table("ms", "service", "action", "phase", "outcome", "branch", "attempts", "last error");
        for (JsonNode entry : order.path("timeline")) {
            table.row(
                    entry.path("millis").asString(""),
                    entry.path("service").asString(""),
                    entry.path("action").asString(""),
                    entry.path("phase").asString(""),
                    entry.path("outcome").asString(""),
                    entry.path("branchId").asString(""),
                    entry.path("attempts").asString(""),
                    entry.path("lastError").asString(""));
        }
        table.lines("    ").forEach(out::println);
    }

    /** What the run's SKUs and accounts look like; {@code tea} and the rest as the services tell them. */
    private record Figures(Stock tea, Stock lamp, Account ann, Account ben) {

        Figures afterSelling(int teas, long price) {
            return new Figures(
                    new Stock(tea.received(), tea.available() - teas, tea.reserved(), tea.sold() + teas),
                    lamp,
                    new Account(ann.deposited(), ann.balance() - price, ann.frozen(), ann.spent() + price),
                    ben);
        }
    }

    private record Stock(long received, long available, long reserved, long sold) {}

    private record Account(long deposited, long balance, long frozen, long spent) {}

    private Figures figures() throws IOException, InterruptedException {
        return new Figures(stockOf(TEA), stockOf(lamp), accountOf(ann), accountOf(ben));
    }

    private Stock stockOf(String sku) throws IOException, InterruptedException {
        JsonNode stock = calls.get(stack.stock().url() + "/stock/" + sku);
        return new Stock(
                Calls.amount(stock.path("received")),
                Calls.amount(stock.path("available")),
                Calls.amount(stock.path("reserved")),
                Calls.amount(stock.path("sold")));
    }

    private Account accountOf(String buyer) throws IOException, InterruptedException {
        JsonNode account = calls.get(stack.payment().url() + "/accounts/" + buyer);
        return new Account(
                Calls.amount(account.path("deposited")),
                Calls.amount(account.path("balance")),
                Calls.amount(account.path("frozen")),
                Calls.amount(account.path("spent")));
    }

    private void printFigures(Figures before, Figures after) {
        Table stock = new Table("stock", "received", "available", "reserved", "sold");
        stockRows(stock, TEA, before.tea(), after.tea());
        stockRows(stock, lamp, before.lamp(), after.lamp());
        Table money = new Table("account (CNY)", "deposited", "balance", "frozen", "spent");
        moneyRows(money, ann, before.ann(), after.ann());
        moneyRows(money, ben, before.ben(), after.ben());
        out.println();
        stock.lines("  ").forEach(out::println);
        out.println();
        money.lines("  ").forEach(out::println);
    }

    private static void stockRows(Table table, String sku, Stock before, Stock after) {
        table.row(sku + " before", before.received(), before.available(), before.reserved(), before.sold());
        table.row(sku + " after", after.received(), after.available(), after.reserved(), after.sold());
    }

    private static void moneyRows(Table table, String buyer, Account before, Account after) {
        table.row(
                buyer + " before",
                Calls.yuan(before.deposited()),
                Calls.yuan(before.balance()),
                Calls.yuan(before.frozen()),
                Calls.yuan(before.spent()));
        table.row(
                buyer + " after",
                Calls.yuan(after.deposited()),
                Calls.yuan(after.balance()),
                Calls.yuan(after.frozen()),
                Calls.yuan(after.spent()));
    }

    private void receive(String sku, int quantity) throws IOException, InterruptedException {
        calls.post(stack.stock().url() + "/stock/" + sku + "/receipts", Map.of("quantity", quantity));
    }

    private void deposit(String buyer, long minor) throws IOException, InterruptedException {
        calls.post(stack.payment().url() + "/accounts/" + buyer + "/deposits", Map.of("amount", Calls.money(minor)));
    }

    private void check(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            deviations.add(what + ": " + actual + " instead of " + expected);
        }
    }
}
