package io.holdfast.localplatform.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

public class CardPolicyTest {

    private final CardPolicy policy =
            new CardPolicy(Duration.ofSeconds(1), Duration.ofSeconds(8), Duration.ofSeconds(25));

    @Test
    void theMostThatIsWaitedDoublesUpToTheCap() {
        assertThat(IntStream.rangeClosed(1, 7)
                        .mapToObj(failures -> policy.mostAfter(failures).toSeconds()))
                .containsExactly(1L, 2L, 4L, 8L, 8L, 8L, 8L);
        assertThat(policy.mostAfter(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(8));
    }

    @Test
    void onlyTheThreeSettingsOfCardsAreChanged() {
        String settings = """
                logging:
                  level:
                    root: info
                holdfast:
                  tcc:
                    actions:
                      "[payment.card]":
                        async: true
                        # A comment of somebody's.
                        initial-delay: 1m
                        max-delay: 1h
                        deadline: 1d
                      other:
                        deadline: 2d
                """;

        assertThat(policy.in(settings))
                .isEqualTo(settings.replace("initial-delay: 1m", "initial-delay: 1000ms")
                        .replace("max-delay: 1h", "max-delay: 8000ms")
                        .replace("deadline: 1d", "deadline: 25000ms"));
    }

    @Test
    void settingsThatAreNotThereAreAdded() {
        String settings =
                "holdfast:\n  tcc.actions:\n    '[payment.card]':\n      async: true\nlogging:\n  deadline: 1\n";

        assertThat(policy.in(settings).lines())
                .containsExactlyInAnyOrder(
                        "holdfast:",
                        "  tcc.actions:",
                        "    '[payment.card]':",
                        "      initial-delay: 1000ms",
                        "      max-delay: 8000ms",
                        "      deadline: 25000ms",
                        "      async: true",
                        "logging:",
                        "  deadline: 1");
    }

    @Test
    void theSettingsThatThePlatformStartsWithAreUnderstood() throws IOException {
        Path shipped = Path.of("").toAbsolutePath().getParent().resolve("nacos/payment-svc.yaml");

        assertThat(policy.in(Files.readString(shipped)))
                .contains("initial-delay: 1000ms", "max-delay: 8000ms", "deadline: 25000ms")
                .doesNotContain("deadline: 1h");
    }

    @Test
    void settingsWithoutCardsAreNotGuessed() {
        assertThatIllegalStateException()
                .isThrownBy(() -> policy.in("holdfast:\n  tcc:\n    actions: {}\n"))
                .withMessageContaining("payment.card");
    }
}
