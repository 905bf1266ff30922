package io.holdfast.localplatform;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.runfolder.RunFolder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class LocalPlatformTest {

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

    @Test
    void theDemoSaysInOneLineThatThePlatformDoesNotRun() throws Exception {
        Path unused = parent.resolve("unused");
        RunFolder stopped = new RunFolder(parent.resolve("stopped")).create();
        Files.writeString(stopped.stackFile(), "[]");

        assertThat(output("demo-confirm-failure", "--run-dir", unused.toString()))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("FAILED  the platform does not run")
                .contains("deploy/up");
        assertThat(unused).doesNotExist();
        assertThat(output("demo-confirm-failure", "--run-dir", stopped.root().toString()))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("FAILED  the platform in")
                .contains("is stopped", "deploy/up");
    }

    /** @return the lines of a command that has to fail with 1 */
    private static List<String> output(String... arguments) {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        assertThat(LocalPlatform.commandLine(new PrintStream(written, true, StandardCharsets.UTF_8))
                        .execute(arguments))
                .isEqualTo(1);
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private int run(String... arguments) {
        return LocalPlatform.commandLine(System.out)
                .setErr(new PrintWriter(complaints))
                .execute(arguments);
    }
}
