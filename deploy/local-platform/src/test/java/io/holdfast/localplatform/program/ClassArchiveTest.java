package io.holdfast.localplatform.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.process.Launches;
import io.holdfast.localplatform.process.OsProcess;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.runfolder.Secrets;
import io.holdfast.localplatform.runfolder.StackFile;
import io.holdfast.localplatform.runfolder.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a small program in a jar of its own, real JVMs, and the archives that they really map. */
public class ClassArchiveTest {

    private static final long PLENTY = Long.MAX_VALUE;
    private static final Duration MADE = Duration.ofSeconds(120);

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path jar;
    private PlatformContext platform;
    private ArchiveMaker maker;

    @BeforeEach
    void aPlatformAndAProgram() throws IOException {
        platform = platformIn("run");
        maker = new ArchiveMaker(platform);
        jar = folder.resolve("program.jar");
        build("one");
    }

    @AfterEach
    void leaveNothingRunning() throws InterruptedException {
        maker.stop();
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void theFirstStartOnlyNamesTheClassesAndTheNextOneUsesTheArchive() throws Exception {
        assertThat(archive().canBeMade()).isFalse();
        OsProcess first = runs();
        assertThat(mapped(first)).isFalse();

        make();

        assertThat(archive().isMade()).isTrue();
        assertThat(mapped(runs())).isTrue();
        assertThat(platform.folder().archives()).isDirectoryNotContaining("glob:**.new");
        assertThat(maker.start(List.of(archive()), PLENTY))
                .as("to be made again")
                .isZero();
    }

    @Test
    void anArchiveOfAnotherJarIsNotUsedAndIsThrownAway() throws Exception {
        runs();
        make();
        Path old = archive().file();

        build("another one, and longer");

        OsProcess process = runs();
        assertThat(mapped(process)).isFalse();
        assertThat(old).doesNotExist();
    }

    @Test
    void anArchiveOfAnotherJdkIsNotUsedAndIsThrownAway() throws Exception {
        runs();
        make();
        Path old = archive().file();
        ClassArchive.Jdk running = ClassArchive.Jdk.running(platform);

        ClassArchive other = new ClassArchive(
                platform.folder().archives(),
                "program",
                new ClassArchive.Jdk(running.java(), running.feature(), running.build() + "+1"),
                jar.toString(),
                false);

        assertThat(other.flags(true)).noneMatch(flag -> flag.contains("SharedArchiveFile"));
        assertThat(old).doesNotExist();
    }

    @Test
    void oneThatIsNotWhatItsNameSaysDoesNoHarm() throws Exception {
        runs();
        make();
        byte[] whole = Files.readAllBytes(archive().file());
        Files.delete(archive().file());
        // The first bytes are right, and name a JVM that there is not.
        for (int i = 64; i < 4_096; i++) {
            whole[i] ^= 0x55;
        }
        Files.write(archive().file(), whole);

        assertThat(output(archive().flags(false))).isEqualTo("one");
    }

    @Test
    void oneThatIsDeletedDuringTheStartDoesNoHarm() throws Exception {
        runs();
        make();
        List<String> flags = archive().flags(false);
        assertThat(flags).anyMatch(flag -> flag.contains("SharedArchiveFile"));

        Files.delete(archive().file());

        assertThat(output(flags)).isEqualTo("one");
    }

    @Test
    void aProgramThatIsKilledWhileItsArchiveIsMadeCostsNothing() throws Exception {
        OsProcess process = runs();
        assertThat(maker.start(List.of(archive()), PLENTY)).isEqualTo(1);

        assertThat(process.kill()).isTrue();

        awaitMade();
        assertThat(mapped(runs())).isTrue();
    }

    @Test
    void aMakerThatIsEndedLeavesNoArchiveAndNoProcess() throws Exception {
        runs();
        assertThat(maker.start(List.of(archive()), PLENTY)).isEqualTo(1);
        OsProcess process = maker.process().orElseThrow();

        maker.stop();

        assertThat(process.isAlive()).isFalse();
        await("what it has started is gone").atMost(Duration.ofSeconds(10)).until(() -> ProcessHandle.allProcesses()
                .flatMap(any -> OsProcess.of(any.pid()).stream())
                .noneMatch(
                        alive -> alive.commandLine().contains(archive().draft().toString())));
        assertThat(archive().isMade()).isFalse();
        assertThat(mapped(runs())).isFalse();
        make();
        assertThat(archive().isMade()).isTrue();
    }

    @Test
    void onADiskWithLittleRoomNoneIsMadeAndTheProgramStarts() throws Exception {
        runs();

        assertThat(maker.start(List.of(archive()), ArchiveMaker.FREE_BYTES - 1)).isZero();

        assertThat(maker.process()).isEmpty();
        assertThat(mapped(runs())).isFalse();
    }

    @Test
    void oneThatCannotBeWrittenIsNotMade() throws Exception {
        runs();
        Files.createDirectories(archive().draft().resolve("in the way"));

        make(Duration.ofSeconds(30));

        assertThat(archive().isMade()).isFalse();
        assertThat(maker.log()).content().contains("not made");
    }

    @Test
    void twoPlatformsShareNone() throws Exception {
        runs();
        make();
        PlatformContext other = platformIn("another run");

        ClassArchive ofTheOther = ClassArchive.of(other, "program", jar.toString(), false);

        assertThat(ofTheOther.isMade()).isFalse();
        assertThat(ofTheOther.file().toString()).startsWith(other.folder().root() + "/");
        assertThat(ofTheOther.flags(true)).noneMatch(flag -> flag.contains("SharedArchiveFile"));
        assertThat(archive().isMade()).as("still there").isTrue();
    }

    private ClassArchive archive() {
        return ClassArchive.of(platform, "program", jar.toString(), false);
    }

    private void make() throws Exception {
        make(MADE);
    }

    private void make(Duration limit) {
        assertThat(maker.start(List.of(archive()), PLENTY)).isEqualTo(1);
        await("the maker is done").atMost(limit).until(() -> maker.process().isEmpty());
    }

    private void awaitMade() {
        await("the maker is done").atMost(MADE).until(() -> maker.process().isEmpty());
        assertThat(archive().isMade()).isTrue();
    }

    private boolean mapped(OsProcess process) {
        return ClassArchive.mappedBy(process, platform.folder().archives()).isPresent();
    }

    /** Started as a part is, and past its first line. */
    private OsProcess runs() throws Exception {
        Process process = start(archive().flags(true));
        assertThat(process.getInputStream().read()).isNotNegative();
        return OsProcess.of(process.pid()).orElseThrow();
    }

    private String output(List<String> flags) throws Exception {
        Process process = start(flags);
        process.getOutputStream().close();
        String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return all.strip();
    }

    private Process start(List<String> flags) throws IOException {
        List<String> command = new ArrayList<>(List.of(platform.java().toString(), "-XX:+UseSerialGC"));
        command.addAll(flags);
        command.addAll(List.of("-cp", jar.toString(), Program.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    private PlatformContext platformIn(String name) {
        RunFolder runFolder = new RunFolder(folder.resolve(name)).create();
        return new PlatformContext(
                folder,
                runFolder,
                new Ports(0),
                Secrets.in(runFolder.secrets()),
                Tokens.in(runFolder.keys(), List.of()),
                new StackFile(runFolder.stackFile()),
                new Launches(),
                true,
                Map.of());
    }

    private void build(String contents) throws IOException {
        String code = Program.class.getName().replace('.', '/') + ".class";
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                InputStream compiled = Program.class.getClassLoader().getResourceAsStream(code)) {
            out.putNextEntry(new JarEntry(code));
            compiled.transferTo(out);
            out.putNextEntry(new JarEntry("contents"));
            out.write(contents.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Says what is in its jar, and ends when its input does. */
    static final class Program {

        private Program() {}

        public static void main(String... arguments) throws IOException {
            try (InputStream contents = Program.class.getResourceAsStream("/contents")) {
                System.out.println(new String(contents.readAllBytes(), StandardCharsets.UTF_8));
            }
            System.in.read();
        }
    }
}
