package io.holdfast.load.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CrowdTest {

    @Test
    void withoutARateEverybodyComesOnceWithinTenSeconds() {
        assertThat(parsed()).isEqualTo(new Crowd(10_000, 1_000, 10_000, Duration.ofSeconds(10)));
        assertThat(parsed("--buyers", "3").lasting()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void aRateStretchesTheRush() {
        assertThat(parsed("--buyers", "500", "--stock", "20", "--rate", "25"))
                .isEqualTo(new Crowd(500, 20, 500, Duration.ofSeconds(20)));
    }

    @Test
    void forMinutesBuyersComeAgainAndAgain() {
        assertThat(parsed("--buyers", "500", "--rate", "100", "--minutes", "2"))
                .isEqualTo(new Crowd(500, 1_000, 12_000, Duration.ofMinutes(2)));
    }

    @ParameterizedTest
    @CsvSource({"10000, 1000, 1000", "300, 1000, 300", "5, 5, 5"})
    void asManyCanWinAsThereArePiecesOrBuyers(int buyers, int stock, int winners) {
        assertThat(Crowd.of(buyers, stock, null, null).winners()).isEqualTo(winners);
    }

    @ParameterizedTest
    @CsvSource({
        "--buyers=0, --buyers must be 1 to 200000",
        "--buyers=200001, --buyers must be 1 to 200000",
        "--stock=0, --stock must be 1 to 1000000",
        "--rate=0, --rate must be 1 to 20000000",
        "--minutes=0, --minutes must be 1 to 1440",
    })
    void numbersThatMakeNoSenseAreRefused(String argument, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> parsed(argument)).withMessage(message);
    }

    @Test
    void aRateAtWhichNotEverybodyCouldComeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parsed("--buyers", "1000", "--rate", "10", "--minutes", "1"))
                .withMessage("not everybody would come: 600 arrivals for 1000 buyers");
    }

    private static Crowd parsed(String... arguments) {
        SeckillCommand command = new SeckillCommand();
        new CommandLine(command).parseArgs(arguments);
        return command.crowd();
    }
}
