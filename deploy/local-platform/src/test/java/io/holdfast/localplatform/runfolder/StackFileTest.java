package io.holdfast.localplatform.runfolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.holdfast.localplatform.process.OsProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

public class StackFileTest {

    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    private Path folder;

    private StackFile stackFile;

    @BeforeEach
    void inAnEmptyFolder() {
        stackFile = new StackFile(file());
    }

    @Test
    void isEmptyBeforeAnythingWasStarted() {
        assertThat(stackFile.entries()).isEmpty();
        assertThat(stackFile.entry("nacos")).isEmpty();
        assertThat(stackFile.offsetInUse()).isEmpty();
    }

    @Test
    void keepsOneEntryPerPartInTheOrderOfStarting() {
        stackFile.put(entry("mariadb", 1, "x"));
        stackFile.put(entry("nacos", 2, "x"));
        stackFile.put(entry("mariadb", 3, "x"));

        assertThat(new StackFile(file()).entries()).containsExactly(entry("nacos", 2, "x"), entry("mariadb", 3, "x"));

        stackFile.remove("nacos");
        stackFile.remove("never started");
        assertThat(stackFile.entries()).containsExactly(entry("mariadb", 3, "x"));
    }

    @Test
    void isAnArrayThatOtherToolsCanRead() throws Exception {
        stackFile.put(entry("mariadb", 4711, "x"));

        JsonNode array = new JsonMapper().readTree(Files.readString(file()));
        assertThat(array.isArray()).isTrue();
        JsonNode part = array.get(0);
        assertThat(part.path("name").asString()).isEqualTo("mariadb");
        assertThat(part.path("url").asString()).isEqualTo("127.0.0.1:13306");
        assertThat(part.path("pid").asLong()).isEqualTo(4711);
        assertThat(part.path("log").asString()).isEqualTo("/logs/mariadb.log");
        assertThat(part.path("startedAt").asString()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(part.path("version").asString()).isEqualTo("1.0");
    }

    @Test
    void aProcessThatGotTheNumberOfOneOfOursIsNotOurs() {
        OsProcess self = OsProcess.of(ProcessHandle.current().pid()).orElseThrow();

        stackFile.put(entry("mariadb", self.pid(), "an earlier boot/12345"));
        assertThat(stackFile.entry("mariadb").orElseThrow().process().isAlive()).isFalse();
        assertThat(stackFile.offsetInUse()).isEmpty();

        stackFile.put(entry("mariadb", self.pid(), self.identity()));
        assertThat(stackFile.entry("mariadb").orElseThrow().process().isAlive()).isTrue();
        assertThat(stackFile.offsetInUse()).contains(100);
    }

    @Test
    void aFileThatIsNotOursIsNamed() throws Exception {
        Files.writeString(file(), "{not json");

        assertThatIllegalStateException().isThrownBy(stackFile::entries).withMessageContaining(file().toString());
    }

    private static StackFile.Entry entry(String name, long pid, String identity) {
        return new StackFile.Entry(name, "127.0.0.1:13306", pid, "/logs/" + name + ".log", START, "1.0", 100, identity);
    }

    private Path file() {
        return folder.resolve("stack.json");
    }
}
