package io.holdfast.localplatform.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class PartFailedTest {

    @TempDir
    private Path folder;

    @Test
    void namesThePartAndItsLogAndShowsTheLastLinesOfThisRun() throws Exception {
        Path log = folder.resolve("nacos.log");
        String before = "a line of an earlier run\n";
        Files.writeString(log, before + "one\ntwo\n");

        PartFailed failed = PartFailed.logged("nacos", "died after 1.0 s", log, before.length());

        assertThat(failed).hasMessage("nacos died after 1.0 s; see " + log);
        assertThat(failed.part()).isEqualTo("nacos");
        assertThat(failed.lastLines()).containsExactly("one", "two");
    }

    @Test
    void showsTheLinesOfALogThatWasTurnedOverSince() throws Exception {
        Path log = folder.resolve("order-svc.log");
        Files.writeString(log, "one\ntwo\n");

        assertThat(PartFailed.logged("order-svc", "died", log, 1_000).lastLines())
                .containsExactly("one", "two");
    }

    @Test
    void showsOnlyTheEndOfALongLog() throws Exception {
        Path log = folder.resolve("nacos.log");
        Files.writeString(
                log, IntStream.range(0, 10_000).mapToObj(i -> "line " + i).collect(Collectors.joining("\n")));

        assertThat(PartFailed.logged("nacos", "died", log, 0).lastLines())
                .hasSize(12)
                .endsWith("line 9998", "line 9999");
    }

    @Test
    void showsNothingWhereNothingWasWritten() {
        assertThat(PartFailed.logged("nacos", "died", folder.resolve("none"), 0).lastLines())
                .isEmpty();
        assertThat(PartFailed.before("nacos", "needs a port").lastLines()).isEmpty();
    }
}
