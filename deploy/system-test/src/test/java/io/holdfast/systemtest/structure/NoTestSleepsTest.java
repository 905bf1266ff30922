package io.holdfast.systemtest.structure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests wait for what they wait for (Awaitility), never for a time. */
class NoTestSleepsTest {

    @Test
    void no_test_of_any_module_sleeps() {
        Path root = Path.of("").toAbsolutePath().getParent().getParent();
        List<Path> compiledTests = Stream.of(
                        "tcc-fence-sql",
                        "tcc-spring-boot-starter",
                        "local-message",
                        "http-edge",
                        "stock-svc",
                        "payment-svc",
                        "order-svc",
                        "gateway-sandbox",
                        "deploy/local-stack",
                        "deploy/load-test",
                        "deploy/system-test")
                .map(module -> root.resolve(module).resolve("target/test-classes"))
                .filter(Files::isDirectory)
                .toList();
        JavaClasses tests = new ClassFileImporter().importPaths(compiledTests);

        assertThat(tests.contain(NoTestSleepsTest.class))
                .as("this class itself is among them")
                .isTrue();
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(TimeUnit.class, "sleep", long.class)
                .check(tests);
    }
}
