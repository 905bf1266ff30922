package io.holdfast.systemtest.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.CardPolicy;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.Gateway;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** deploy/demo-confirm-failure, run as a person runs it, with a shorter deadline. */
@OnThePlatform
@Order(27)
class ConfirmFailureDemoIT {

    private static final Pattern ORDER = Pattern.compile("(?m)^Order ([0-9a-f-]{36})$");

    private final Platform platform;
    private final Stack stack;
    private final Databases databases;
    private final Gateway gateway;

    @TempDir
    private Path folder;

    private CardPolicy policy;
    private Process demo;

    ConfirmFailureDemoIT(Platform platform, Stack stack, Databases databases) {
        this.platform = platform;
        this.stack = stack;
        this.databases = databases;
        this.gateway = new Gateway(platform);
    }

    @BeforeEach
    void run() throws IOException {
        policy = new CardPolicy(platform);
        demo = new ProcessBuilder(
                        Path.of("../demo-confirm-failure").toAbsolutePath().toString(),
                        "--deadline",
                        "6",
                        "--run-dir",
                        stack.runFolder().toString())
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
    }

    @AfterEach
    void endIt() throws InterruptedException {
        demo.destroy();
        assertThat(demo.waitFor(30, TimeUnit.SECONDS)).as("the demo has ended").isTrue();
        gateway.heal();
        policy.restore();
        gateway.awaitCalls();
    }

    @Test
    void theDemoTellsTheStoryToItsEndAndLeavesTheSettingsAsTheyWere() throws Exception {
        assertThat(demo.waitFor(120, TimeUnit.SECONDS)).as("it ends").isTrue();

        String told = Files.readString(output());
        assertThat(demo.exitValue()).as("%s", told).isZero();
        assertThat(told)
                .contains("attempt 1", "attempt 2", "order CONFIRMING", "payment GIVEN_UP, deadline", "order CLOSED")
                .contains("AUTHORIZED, VOIDED")
                .doesNotContain("NOT AS EXPECTED", "NOT UNDONE");
        Matcher order = ORDER.matcher(told);
        assertThat(order.find()).as("%s", told).isTrue();
        assertThat(databases.orderStatus(order.group(1))).isEqualTo("CLOSED");
        assertThat(gateway.effects(order.group(1))).containsExactly("AUTHORIZED", "VOIDED");
        assertThatNothingIsLeft();
    }

    @Test
    void aDemoThatIsInterruptedUndoesWhatItDid() throws Exception {
        await("it is in the middle of its story").atMost(Duration.ofSeconds(60)).until(() -> Files.readString(output())
                .contains("attempt 1"));
        assertThat(policy.isAsBefore()).as("the settings are the demo's").isFalse();
        assertThat(gateway.applied()).isNotEmpty();

        // What Ctrl-C does to the launcher too: its shutdown hooks run.
        demo.destroy();
        assertThat(demo.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        assertThat(demo.exitValue()).isNotZero();
        assertThatNothingIsLeft();
    }

    private void assertThatNothingIsLeft() {
        assertThat(policy.isAsBefore()).as("the settings are as they were").isTrue();
        assertThat(gateway.applied()).as("rules of the gateway").isEqualTo(List.of());
        policy.awaitInForce("deadline", "PT1H");
    }

    private Path output() {
        return folder.resolve("output");
    }
}
