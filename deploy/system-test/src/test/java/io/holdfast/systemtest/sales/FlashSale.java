package io.holdfast.systemtest.sales;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.Redis;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** A sale on the platform: its operator, and its buyers with tokens of their own. */
final class FlashSale {

    static final long PRICE = 5_00;

    private static final Duration TOKEN = Duration.ofHours(1);

    private final Platform platform;
    final String sku;
    final String id;

    private FlashSale(Platform platform, String sku, String id) {
        this.platform = platform;
        this.sku = sku;
        this.id = id;
    }

    /** Open for an hour; as many of the SKU as are in stock and no more than the quota are in it. */
    static FlashSale open(Platform platform, String sku, int quota, int perBuyer) {
        Answer made = make(platform, sku, quota, perBuyer);
        assertThat(made.status()).as("%s", made).isEqualTo(201);
        assertThat(made.body().path("state").asString()).isEqualTo("OPEN");
        return new FlashSale(platform, sku, made.body().path("saleId").asString());
    }

    static Answer make(Platform platform, String sku, int quota, int perBuyer) {
        Instant now = Instant.now();
        return platform.post(
                platform.stack().order().url() + "/sales",
                Platform.newKey(),
                Map.of(
                        "sku",
                        sku,
                        "quota",
                        quota,
                        "unitPrice",
                        Map.of("minor", PRICE, "currency", "CNY"),
                        "opensAt",
                        now.minusSeconds(1).toString(),
                        "closesAt",
                        now.plusSeconds(3_600).toString(),
                        "perBuyerLimit",
                        perBuyer));
    }

    /** The SKU of what is set apart for it. */
    String goods() {
        return sku + "@" + id;
    }

    Answer order(String buyer) {
        return order(buyer, Platform.newKey());
    }

    Answer order(String buyer, String key) {
        return platform.call(
                "POST",
                url() + "/orders",
                Map.of(
                        "Authorization",
                        "Bearer " + platform.stack().tokens().buyer(buyer, TOKEN),
                        "Idempotency-Key",
                        key),
                Platform.text(Map.of("quantity", 1, "payment", Platform.BY_WALLET)));
    }

    Answer show() {
        return platform.get(url());
    }

    /** One of left, sold, rejected, as the service tells it. */
    long figure(String name) {
        return show().body().path(name).asLong(-1);
    }

    Answer close() {
        return platform.call("POST", url() + "/close", Map.of(), "");
    }

    /** Where Redis keeps how many pieces are taken. */
    String counters() {
        return "holdfast:sale:{" + id + "}";
    }

    /** How many orders have a slot in Redis, of a sale that is too small to have more than one part. */
    long slots() {
        return Long.parseLong(redis("HLEN " + counters() + ":slots:0").substring(1));
    }

    /** What Redis answers, in one line, to a command. */
    String redis(String command) {
        Redis redis = platform.stack().redis();
        try {
            return redis.answers("AUTH " + redis.password(), command).get(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitFigure(String name, long value) {
        await(name + " is " + value)
                .pollInterval(Duration.ofMillis(200))
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> figure(name), now -> now == value);
    }

    private String url() {
        return platform.stack().order().url() + "/sales/" + id;
    }
}
