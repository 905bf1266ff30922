package io.holdfast.load.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GroupCommitSwitchTest {

    private static final Path SETTINGS = Path.of("../../deploy/nacos/order-svc.yaml");

    @Test
    void onlyTheSwitchOfTheGroupingChanges() throws IOException {
        String settings = Files.readString(SETTINGS);

        String off = GroupCommitSwitch.with(settings, false);

        assertThat(off).contains("      enabled: false\n      # Orders in one global transaction");
        assertThat(GroupCommitSwitch.with(off, true)).isEqualTo(settings);
    }

    @Test
    void anotherSwitchIsNotTakenForIt() {
        String settings = """
                holdfast:
                  order:
                    sale:
                      enabled: true
                    grouping:
                      # a comment

                      enabled: true
                    other:
                      enabled: true
                """;

        assertThat(GroupCommitSwitch.with(settings, false)).isEqualTo("""
                holdfast:
                  order:
                    sale:
                      enabled: true
                    grouping:
                      # a comment

                      enabled: false
                    other:
                      enabled: true
                """);
    }

    @Test
    void settingsWithoutTheSwitchAreNotTouched() {
        assertThatIllegalStateException().isThrownBy(() -> GroupCommitSwitch.with("holdfast: {}\n", true));
        assertThatIllegalStateException()
                .isThrownBy(() -> GroupCommitSwitch.with("  grouping:\n    max: 1\n  x:\n    enabled: true\n", true));
    }
}
