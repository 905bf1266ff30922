package io.holdfast.systemtest.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;

/** How captures are attempted, as the settings in Nacos say: changed while payment-svc runs, and restored by the test. */
public final class CardPolicy {

    private static final String SETTINGS = "payment-svc.yaml";
    private static final String ACTION = "payment.card";

    private final Platform platform;
    private final String before;
    private boolean paused;

    /** Of the platform as it is now, which {@link #restore} comes back to. */
    public CardPolicy(Platform platform) {
        this.platform = platform;
        this.before = platform.setting(SETTINGS);
        assertThat(before).contains("      \"[" + ACTION + "]\":\n");
    }

    /** @param settings such as {@code max-delay: 1s}, in the place of those that were there before */
    public void change(String... settings) {
        String changed = before;
        for (String setting : settings) {
            String name = setting.substring(0, setting.indexOf(':'));
            changed = changed.replaceAll("(?m)^( +)" + name + ": \\S+$", "$1" + setting);
        }
        platform.changeSetting(SETTINGS, changed);
    }

    /** Returns once payment-svc obeys. */
    public void awaitInForce(String name, String value) {
        Awaitility.await(name + " is " + value).atMost(Duration.ofSeconds(20)).until(() -> platform.get(tcc())
                .body()
                .path("actions")
                .path(ACTION)
                .path(name)
                .asString("")
                .equals(value));
    }

    public void restore() {
        if (!isAsBefore()) {
            platform.changeSetting(SETTINGS, before);
            awaitInForce("deadline", "PT1H");
        }
    }

    public boolean isAsBefore() {
        return platform.setting(SETTINGS).equals(before);
    }

    /** No capture is attempted from now on, until {@link #resume}. */
    public void pause() {
        operate("pause", "a test takes its place");
        paused = true;
    }

    public void resume() {
        if (paused) {
            operate("resume", "the test has taken its place");
            paused = false;
        }
    }

    private void operate(String operation, String reason) {
        Answer answer = platform.call(
                "POST",
                tcc() + "/" + operation,
                Map.of("X-Reason", reason),
                Platform.text(Map.of("action", ACTION, "reason", reason)));
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    private String tcc() {
        return platform.stack().payment().managementUrl() + "/actuator/tcc";
    }
}
