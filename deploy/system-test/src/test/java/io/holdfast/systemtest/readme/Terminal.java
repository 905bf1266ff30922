package io.holdfast.systemtest.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs commands as a reader would who copies them from the README into a shell. */
final class Terminal {

    private final Path scratch;
    private final Map<String, String> environment;

    Terminal(Stack stack, Path runFolder, Path scratch) {
        this.scratch = scratch;
        this.environment = Map.of(
                "JAVA_HOME", System.getProperty("java.home"),
                "CHECKOUT", Readme.CHECKOUT.toString(),
                "RUN_FOLDER", runFolder.toString(),
                "PORT_OFFSET", Integer.toString(Platform.PORT_OFFSET),
                "SCRATCH", scratch.toString(),
                "ANSWERS", answersFile().toString());
    }

    /**
     * In one shell, line by line; stops at the first command that fails.
     *
     * @return what was printed
     */
    String run(String commands) throws IOException, InterruptedException {
        Path script = scratch.resolve("script.sh");
        try (InputStream prelude = getClass().getResourceAsStream("/readme/terminal.sh")) {
            Files.writeString(
                    script,
                    new String(prelude.readAllBytes(), StandardCharsets.UTF_8)
                            + commands.replaceAll("<(\\w+)>", "\\$(answered $1)"));
        }
        Path output = scratch.resolve("output");
        ProcessBuilder bash = new ProcessBuilder("bash", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        bash.environment().putAll(environment);
        Process process = bash.start();
        try {
            assertThat(process.waitFor(6, TimeUnit.MINUTES))
                    .as("it ends: %s", commands)
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        String printed = Files.readString(output);
        assertThat(process.exitValue()).as("%s%n%s", commands, printed).isZero();
        return printed;
    }

    /** What the services answered to all commands until now, in order. */
    List<String> answers() throws IOException {
        return Files.readAllLines(answersFile());
    }

    private Path answersFile() {
        return scratch.resolve("answers");
    }
}
