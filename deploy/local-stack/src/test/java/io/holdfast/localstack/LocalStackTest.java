package io.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStackTest {

    @TempDir
    private Path parent;

    private final StringWriter complaints = new StringWriter();

    @Test
    void statusOfAFolderThatWasNeverUsedCreatesNothing() {
        Path unused = parent.resolve("unused");

        assertThat(run("status", "--run-dir", unused.toString())).isEqualTo(1);
        assertThat(unused).doesNotExist();
    }

    @Test
    void downStopsNothingWhereNothingRunsAndErasesWhatIsThere() throws Exception {
        RunFolder folder = new RunFolder(parent.resolve("used")).create();
        Files.writeString(folder.stackFile(), "[]");
        Files.writeString(folder.data().resolve("something"), "x");

        assertThat(run("down", "--run-dir", folder.root().toString())).isZero();
        assertThat(folder.data().resolve("something")).exists();

        assertThat(run("down", "--erase", "--run-dir", folder.root().toString()))
                .isZero();
        assertThat(folder.data()).doesNotExist();
        assertThat(folder.secrets()).doesNotExist();

        assertThat(run("down", "--erase", "--run-dir", folder.root().toString()))
                .isZero();
    }

    @Test
    void optionsThatAreNotKnownAreRefusedBeforeAnythingIsDone() {
        assertThat(run("up", "--run-dir", parent.resolve("x").toString(), "--fast"))
                .isEqualTo(2);
        assertThat(run("up", "--run-dir", parent.resolve("x").toString(), "--port-offset", "many"))
                .isEqualTo(2);

        assertThat(complaints.toString()).contains("--fast", "many");
        assertThat(parent.resolve("x")).doesNotExist();
    }

    private int run(String... arguments) {
        return LocalStack.commandLine(System.out)
                .setErr(new PrintWriter(complaints))
                .execute(arguments);
    }
}
