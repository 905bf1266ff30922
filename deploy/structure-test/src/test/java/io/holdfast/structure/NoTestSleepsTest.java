package io.holdfast.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests wait for what they wait for (Awaitility), never for a time. Sources are read, so that no module has to be built first. */
class NoTestSleepsTest {

    /** Of Thread, of a TimeUnit, imported or not, called or handed on. */
    private static final Pattern SLEEPS = Pattern.compile("\\bsleep\\s*\\(|::\\s*sleep\\b|\\.sleep;");

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    private final Path root = Path.of("").toAbsolutePath().getParent().getParent();

    @Test
    void no_test_of_any_module_sleeps() throws IOException {
        List<Path> modules = modules();
        assertThat(modules)
                .extracting(module -> root.relativize(module).toString())
                .contains("tcc-spring-boot-starter", "order-svc", "deploy/system-test", "deploy/structure-test");

        List<String> sleeping = new ArrayList<>();
        for (Path module : modules) {
            for (Path source : testsOf(module)) {
                Files.readString(source)
                        .lines()
                        .filter(line -> SLEEPS.matcher(line).find())
                        .forEach(line -> sleeping.add(root.relativize(source) + ": " + line.strip()));
            }
        }

        assertThat(sleeping).isEmpty();
    }

    /** A pattern that finds nothing proves nothing. */
    @Test
    void a_sleep_would_be_found() {
        assertThat(Stream.of(
                        "Thread.sleep(1);",
                        "TimeUnit.SECONDS.sleep (1);",
                        "import static java.lang.Thread.sleep;",
                        "sleep(5)",
                        "pause(TimeUnit.SECONDS::sleep)"))
                .allMatch(line -> SLEEPS.matcher(line).find());
    }

    private List<Path> modules() throws IOException {
        return MODULE.matcher(Files.readString(root.resolve("pom.xml")))
                .results()
                .map(found -> root.resolve(found.group(1)))
                .toList();
    }

    private static List<Path> testsOf(Path module) throws IOException {
        Path tests = module.resolve("src/test/java");
        if (!Files.isDirectory(tests)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(tests)) {
            // This file is full of what is not to be.
            return files.filter(file -> file.toString().endsWith(".java")
                            && !file.endsWith(NoTestSleepsTest.class.getSimpleName() + ".java"))
                    .toList();
        }
    }
}
