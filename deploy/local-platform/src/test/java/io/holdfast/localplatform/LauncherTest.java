package io.holdfast.localplatform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the scripts say of machines that are not this one: programs that tell what a machine is are replaced by others of the same name. */
public class LauncherTest {

    private static final Path DEPLOY = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"Darwin arm64", "Darwin x86_64", "Linux aarch64", "MINGW64_NT-10.0-19045 x86_64"})
    void whereItCannotRunItSaysInOneLineWhatItNeedsAndWhatToUseInstead(String system) throws Exception {
        pretend("uname", "echo '" + system + "'");

        assertRefused("up", system);
    }

    @ParameterizedTest
    @ValueSource(strings = {"glibc 2.31", "glibc 2.33", "glibc 1.99"})
    void anOlderGlibcIsRefused(String version) throws Exception {
        pretend("getconf", "echo '" + version + "'");

        assertRefused("up", version);
    }

    @Test
    void muslIsRefused() throws Exception {
        pretend("getconf", "echo 'getconf: GNU_LIBC_VERSION: unknown variable' >&2; exit 1");
        pretend("ldd", "echo 'musl libc (x86_64)' >&2; echo 'Version 1.2.4' >&2; exit 1");

        assertRefused("up", "musl in the place of glibc");
    }

    @Test
    void anOlderOpenSslIsRefused() throws Exception {
        pretend("ldconfig", "echo '  libssl.so.1.1 (libc6,x86-64) => /lib/libssl.so.1.1'");

        assertRefused("up", "no OpenSSL 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"down", "status", "token", "bench", "seckill"})
    void theOtherScriptsSayTheSame(String script) throws Exception {
        pretend("uname", "echo 'Darwin arm64'");

        assertRefused(script, "Darwin arm64");
    }

    @Test
    void whatCannotBeSeenIsNoReasonToRefuse() throws Exception {
        pretend("uname", "echo 'Linux x86_64'");
        pretend("getconf", "exit 127");
        pretend("ldd", "exit 127");
        pretend("ldconfig", "exit 127");

        Output help = run("up", "--help");

        assertThat(help.code()).as("%s", help).isZero();
        assertThat(help.lines()).first().asString().startsWith("usage: deploy/up");
    }

    @ParameterizedTest
    @ValueSource(strings = {"glibc 2.34", "glibc 2.36", "glibc 3.0"})
    void aNewerGlibcIsTaken(String version) throws Exception {
        pretend("getconf", "echo '" + version + "'");

        assertThat(run("up", "--help").code()).isZero();
    }

    @Test
    void inAHomeWhereNothingCanBeWrittenMavenHasAPlaceHere() throws Exception {
        assertThat(placeForMaven(Path.of("/proc")))
                .isEqualTo(DEPLOY.resolve("local-platform/target/maven").toString());
        assertThat(placeForMaven(folder)).isEqualTo("nowhere");
        assertThat(folder.resolve(".m2/wrapper/dists")).isDirectory();
    }

    /** @return what MAVEN_USER_HOME is set to, or nowhere if it is not set */
    private String placeForMaven(Path home) throws Exception {
        Path script = Files.writeString(
                folder.resolve("script"), """
                source '%s'
                unset MAVEN_USER_HOME
                export HOME='%s'
                place_for_maven
                echo "${MAVEN_USER_HOME:-nowhere}"
                """.formatted(DEPLOY.resolve("local-platform/launcher.sh"), home));
        Output output = run(script.toString());
        assertThat(output.code()).as("%s", output).isZero();
        return output.lines().get(0);
    }

    private void assertRefused(String script, String here) throws Exception {
        Output output = run(script);

        assertThat(output.code()).as("%s", output).isEqualTo(1);
        assertThat(output.lines())
                .containsExactly(
                        "FAILED  this needs Linux on x86-64 with glibc 2.34 and OpenSSL 3 or newer, and here is " + here
                                + ": use a Linux x86-64 virtual machine (on Windows WSL 2) with Debian 12 or Ubuntu 22.04");
    }

    private void pretend(String program, String script) throws IOException {
        Path file = Files.writeString(folder.resolve(program), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Output(int code, List<String> lines) {}

    private Output run(String script, String... arguments) throws Exception {
        Path output = Files.createTempFile(folder, "output", "");
        ProcessBuilder builder = new ProcessBuilder(
                        "bash", DEPLOY.resolve(script).toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.command().addAll(List.of(arguments));
        builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Output(process.exitValue(), Files.readAllLines(output));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
