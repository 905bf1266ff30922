package io.holdfast.systemtest.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Settings live in Nacos; what a person saves in its console, the next order obeys. */
@OnThePlatform
@Order(12)
class LiveSettingsIT {

    private static final String SETTINGS = "order-svc.yaml";
    private static final String LIMIT = "max-quantity-per-order: ";
    private static final Duration SOON = Duration.ofSeconds(15);

    private final Platform platform;
    private final Databases databases;
    private final String buyer;
    private final String tea;
    private String before;

    LiveSettingsIT(Platform platform, Databases databases) {
        this.platform = platform;
        this.databases = databases;
        this.buyer = platform.buyer(1_000_00);
        this.tea = platform.goods(10_000);
    }

    @BeforeEach
    void readTheSettings() {
        before = platform.setting(SETTINGS);
        assertThat(before).contains(LIMIT);
    }

    @AfterEach
    void restoreTheSettings() {
        if (!platform.setting(SETTINGS).equals(before)) {
            platform.changeSetting(SETTINGS, before);
            awaitAnswer(8, 201, "");
        }
    }

    @Test
    void theQuantityLimitIsObeyedByTheNextOrderAndAnInvalidOneIsNotTaken() {
        assertThat(order(8).orderStatus()).isEqualTo("PAID");

        saveLimit("7");
        awaitAnswer(8, 400, "invalid-order");
        assertThat(order(7).orderStatus()).isEqualTo("PAID");
        long ordersBefore = orders();
        assertThat(order(8).status()).isEqualTo(400);
        assertThat(orders()).as("orders written down for a refused quantity").isEqualTo(ordersBefore);

        // Nonsense is not taken: the limit stays as it was, and the service stays alive.
        for (String nonsense : new String[] {"-3", "many", "99999999999"}) {
            long refusals = refusals();
            saveLimit(nonsense);
            await("the service has read it and says so").atMost(SOON).until(() -> refusals() > refusals);
            assertThat(order(8).status()).as("beyond the limit that made sense").isEqualTo(400);
            assertThat(order(7).orderStatus()).isEqualTo("PAID");
        }

        saveLimit("9");
        awaitAnswer(9, 201, "");
        awaitAnswer(10, 400, "invalid-order");
    }

    @Test
    void whoMayDoWhatIsNotTakenFromNacosAndTheRestOfWhatIsSavedWithItIs() {
        String forged = before.replaceFirst("(?m)^holdfast:$", """
                holdfast:
                  access:
                    people:
                      issuer: https://evil.example
                      keys: http://127.0.0.1:1/keys""");
        assertThat(forged).contains("evil.example");

        platform.changeSetting(SETTINGS, forged.replaceAll(LIMIT + "\\S+", LIMIT + "7"));

        awaitAnswer(8, 400, "invalid-order");
        assertThat(order(7).orderStatus())
                .as("with a token of the right issuer")
                .isEqualTo("PAID");
        assertThat(platform.logOf(platform.stack().order()))
                .contains("Left out", "holdfast.access.people.issuer, holdfast.access.people.keys in");
    }

    private void saveLimit(String limit) {
        platform.changeSetting(SETTINGS, before.replaceAll(LIMIT + "\\S+", LIMIT + limit));
    }

    private void awaitAnswer(int quantity, int status, String code) {
        await("an order of " + quantity + " is answered with " + status)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .atMost(SOON)
                .until(() -> {
                    Answer answer = order(quantity);
                    return answer.status() == status && answer.code().equals(code);
                });
    }

    private Answer order(int quantity) {
        return platform.order(buyer, new Line(tea, quantity, 1));
    }

    private long refusals() {
        return platform.logOf(platform.stack().order())
                .lines()
                .filter(line -> line.contains("holdfast.order.limits are refused"))
                .count();
    }

    private long orders() {
        return databases.number("select count(*) from order_svc.orders where buyer_id = ?", buyer);
    }
}
