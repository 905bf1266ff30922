package io.holdfast.localplatform.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.localplatform.process.Launches;
import io.holdfast.localplatform.process.OsProcess;
import io.holdfast.localplatform.process.PartFailed;
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
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With jars that unpack themselves as those of Spring Boot do; that these do is shown by every start of the platform. */
public class UnpackedJarTest {

    private static final FileTime THE_SAME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir
    private Path folder;

    private Path built;
    private UnpackedJar jar;
    private StackFile stackFile;

    @BeforeEach
    void aRunFolder() {
        RunFolder runFolder = new RunFolder(folder.resolve("run")).create();
        stackFile = new StackFile(runFolder.stackFile());
        built = folder.resolve("stock-svc-exec.jar");
        jar = new UnpackedJar(
                new PlatformContext(
                        folder,
                        runFolder,
                        new Ports(0),
                        Secrets.in(runFolder.secrets()),
                        Tokens.in(runFolder.keys(), List.of()),
                        stackFile,
                        new Launches(),
                        true,
                        Map.of()),
                "stock-svc",
                "stock-svc-2",
                built);
    }

    @Test
    void itsLibrariesLieBesideIt() throws Exception {
        build("one");

        jar.unpack();

        assertThat(jar.jar()).isRegularFile();
        assertThat(jar.jar().resolveSibling("lib/library.jar")).hasContent("one");
    }

    @Test
    void oneThatWasBuiltAnewWithOtherContentsLiesElsewhereAlthoughItsTimeIsTheSame() throws Exception {
        build("one");
        jar.unpack();
        Path before = jar.jar();

        build("two");
        jar.unpack();

        assertThat(jar.jar()).isNotEqualTo(before);
        assertThat(jar.jar().resolveSibling("lib/library.jar")).hasContent("two");
        assertThat(before).as("run by nobody").doesNotExist();
    }

    @Test
    void whatAPartStillRunsIsNotDeletedAndIsKnownToBeOld() throws Exception {
        build("one");
        jar.unpack();
        Path before = jar.jar();
        Process running = new ProcessBuilder("/bin/sh", "-c", "read line", before.toString()).start();
        OsProcess process = OsProcess.of(running.pid()).orElseThrow();
        try {
            stackFile.put(
                    new StackFile.Entry("stock-svc", "", process.pid(), "", Instant.now(), "", 0, process.identity()));
            assertThat(jar.isRunBy(process)).isTrue();

            build("two");
            jar.unpack();

            assertThat(jar.isRunBy(process)).isFalse();
            assertThat(before).exists();
        } finally {
            running.destroyForcibly();
        }
    }

    @Test
    void isLeftAsItIsWhenItWasBuiltAnewWithTheSameContents() throws Exception {
        build("one");
        jar.unpack();
        Object before = Files.readAttributes(jar.jar(), "unix:ino,ctime");

        build("one");
        jar.unpack();

        assertThat(Files.readAttributes(jar.jar(), "unix:ino,ctime")).isEqualTo(before);
    }

    @Test
    void whatWasLeftOfAnUnpackingThatDiedIsReplaced() throws Exception {
        build("one");
        Path half = folder.resolve("run/programs/stock-svc-2.new/lib/library.jar");
        Files.createDirectories(half.getParent());
        Files.writeString(half, "ha");

        jar.unpack();

        assertThat(jar.jar().resolveSibling("lib/library.jar")).hasContent("one");
        assertThat(folder.resolve("run/programs/stock-svc-2.new")).doesNotExist();
    }

    @Test
    void whatIsNotBuiltIsNamed() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(jar::unpack)
                .withMessageContainingAll("not built yet", built.toString(), "deploy/up");
    }

    @Test
    void whatCannotBeUnpackedIsNamedWithItsLogAndTheOneBeforeStays() throws Exception {
        build("one");
        jar.unpack();
        Path before = jar.jar();
        build("fail");

        assertThatExceptionOfType(PartFailed.class)
                .isThrownBy(jar::unpack)
                .withMessageContainingAll("stock-svc", built.toString(), "stock-svc-2-unpack.log")
                .satisfies(failed -> assertThat(failed.lastLines()).anyMatch(line -> line.contains("told to fail")));
        assertThat(before.resolveSibling("lib/library.jar")).hasContent("one");
    }

    private void build(String contents) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Unpacker.class.getName());
        String code = Unpacker.class.getName().replace('.', '/') + ".class";
        try (OutputStream file = Files.newOutputStream(built);
                JarOutputStream out = new JarOutputStream(file, manifest);
                InputStream compiled = Unpacker.class.getClassLoader().getResourceAsStream(code)) {
            out.putNextEntry(new JarEntry(code));
            compiled.transferTo(out);
            out.putNextEntry(new JarEntry("contents"));
            out.write(contents.getBytes(StandardCharsets.UTF_8));
        }
        Files.setLastModifiedTime(built, THE_SAME);
    }

    /** Called as {@code java -Djarmode=tools -jar X extract --destination Y}. */
    static final class Unpacker {

        private Unpacker() {}

        public static void main(String... arguments) throws IOException {
            if (!System.getProperty("jarmode").equals("tools") || !arguments[0].equals("extract")) {
                throw new IllegalArgumentException(String.join(" ", arguments));
            }
            try (InputStream contents = Unpacker.class.getResourceAsStream("/contents")) {
                String read = new String(contents.readAllBytes(), StandardCharsets.UTF_8);
                if (read.equals("fail")) {
                    throw new IllegalStateException("told to fail");
                }
                Path lib = Files.createDirectories(Path.of(arguments[2], "lib"));
                Files.writeString(lib.resolve("library.jar"), read);
                Files.writeString(lib.resolveSibling("stock-svc-exec.jar"), "");
            }
        }
    }
}
