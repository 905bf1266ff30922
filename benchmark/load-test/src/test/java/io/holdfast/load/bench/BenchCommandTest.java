package io.holdfast.load.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCommandTest {

    @Test
    void everyVariantIsMeasuredUnlessSomeAreNamed() {
        assertThat(parsed().variants()).isEqualTo(Variant.ALL);
        assertThat(parsed("--variants", "8,2").variants())
                .extracting(Variant::number)
                .containsExactly(2, 8);
    }

    @Test
    void aVariantThatIsNotBuiltIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parsed("--variants", "2,99").variants())
                .withMessageStartingWith("there is no variant 99; there are [1, 2,");
    }

    @Test
    void quickIsShorter() {
        assertThat(parsed().pace()).isEqualTo(Pace.FULL);
        assertThat(parsed("--quick").pace()).isEqualTo(Pace.QUICK);
        assertThat(parsed("--once").pace()).isEqualTo(Pace.ONCE);
    }

    @Test
    void roundsAndClientsAreChosenApart() {
        Pace pace = parsed("--rounds", "7", "--clients", "256,64").pace();

        assertThat(pace).isEqualTo(Pace.FULL.rounds(7).only(List.of(256, 64)));
        assertThat(pace.measures(64)).isTrue();
        assertThat(pace.measures(16)).isFalse();
        assertThat(Pace.FULL.measures(16)).isTrue();
    }

    @Test
    void whatWouldMeasureNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> parsed("--variants", "9", "--clients", "64,16").pace())
                .withMessage("none of these variants is measured with 16 clients");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parsed("--rounds", "0").pace())
                .withMessageContaining("at least one round");
    }

    @Test
    void numbersAndTitlesTellVariantsApart() {
        assertThat(Variant.ALL).extracting(Variant::number).doesNotHaveDuplicates();
        assertThat(Variant.ALL).extracting(Variant::title).doesNotHaveDuplicates();
        assertThat(Variant.ALL).hasSameSizeAs(Variant.class.getPermittedSubclasses());
    }

    private static BenchCommand parsed(String... arguments) {
        BenchCommand command = new BenchCommand();
        new CommandLine(command).parseArgs(arguments);
        return command;
    }
}
