package io.holdfast.load.platform;

import io.holdfast.load.http.Answer;
import io.holdfast.load.http.Calls;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** What an operator does before the crowd comes, and after it has gone. */
public final class Operator {

    private static final Duration OPEN_WITHIN = Duration.ofSeconds(60);
    private static final int BUSY_TRIES = 20;

    private final Platform platform;
    private final Calls calls;
    private final String token;

    public Operator(Platform platform, Calls calls) {
        this.platform = platform;
        this.calls = calls;
        this.token = platform.operatorToken();
    }

    /** Goods in. */
    public void receive(String sku, long pieces) throws IOException, InterruptedException {
        post(platform.stack().stock().url() + "/stock/" + sku + "/receipts", "{\"quantity\":%d}".formatted(pieces));
    }

    /** Money in. */
    public void deposit(String buyer, long minor) throws IOException, InterruptedException {
        post(
                platform.stack().payment().url() + "/accounts/" + buyer + "/deposits",
                "{\"amount\":%s}".formatted(money(minor)));
    }

    /**
     * Makes a sale and returns once it is open.
     *
     * @return its id
     * @throws MissingInterfaceException if this platform knows no sales
     */
    public String openSale(String sku, long quota, long unitPrice, long perBuyerLimit, Duration openFor)
            throws IOException, InterruptedException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        String terms = """
                {"sku":"%s","quota":%d,"unitPrice":%s,"opensAt":"%s","closesAt":"%s","perBuyerLimit":%d}
                """.formatted(sku, quota, money(unitPrice), now, now.plus(openFor), perBuyerLimit)
                .strip();
        Answer made = send(platform.salesUrl(), terms);
        if (Set.of(403, 404, 405).contains(made.status())) {
            throw new MissingInterfaceException("order-svc offers no sales (" + made + ")");
        }
        String saleId = made.requireSuccess().json().path("saleId").asString("");
        Instant end = Instant.now().plus(OPEN_WITHIN);
        String state = stateOf(saleId);
        while (!state.equals("OPEN")) {
            if (state.equals("REFUSED")
                    || state.equals("CLOSED")
                    || Instant.now().isAfter(end)) {
                throw new IOException("sale " + saleId + " is " + state + " and not OPEN");
            }
            TimeUnit.MILLISECONDS.sleep(100);
            state = stateOf(saleId);
        }
        return saleId;
    }

    public void closeSale(String saleId) throws IOException, InterruptedException {
        post(platform.salesUrl() + "/" + saleId + "/close", "{}");
    }

    private String stateOf(String saleId) throws IOException {
        return calls.get(platform.salesUrl() + "/" + saleId, token)
                .requireSuccess()
                .json()
                .path("state")
                .asString("");
    }

    private void post(String url, String json) throws IOException, InterruptedException {
        send(url, json).requireSuccess();
    }

    /** With one key, however often it takes. */
    private Answer send(String url, String json) throws IOException, InterruptedException {
        String key = UUID.randomUUID().toString();
        Answer answer = calls.post(url, token, key, json);
        for (int i = 1; i < BUSY_TRIES && answer.isBusy(); i++) {
            TimeUnit.MILLISECONDS.sleep(100L * i);
            answer = calls.post(url, token, key, json);
        }
        return answer;
    }

    /** An amount as the services write it. */
    public static String money(long minor) {
        return "{\"minor\":%d,\"currency\":\"CNY\"}".formatted(minor);
    }
}
