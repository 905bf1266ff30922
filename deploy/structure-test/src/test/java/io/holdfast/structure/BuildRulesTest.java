package io.holdfast.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** No module escapes the checks of the build, and what the build is made with is what is meant. */
class BuildRulesTest {

    private static final Path CHECKOUT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final Pattern PARENT =
            Pattern.compile("<parent>.*?<artifactId>([^<]+)</artifactId>", Pattern.DOTALL);

    @Test
    void everyModuleIsBuiltByTheCommonRules() throws IOException {
        String root = pom("");
        assertThat(parentOf(root)).isEqualTo("build-rules");
        List<String> modules =
                MODULE.matcher(root).results().map(found -> found.group(1)).toList();
        assertThat(modules).contains("deploy/local-platform/nacos", "deploy/local-platform/kafka", "order-svc");
        for (String module : modules) {
            if (!module.equals("build-rules")) {
                assertThat(parentOf(pom(module))).as(module).isIn("holdfast", "build-rules");
            }
        }
        assertThat(pom("build-rules"))
                .contains("maven-enforcer-plugin", "cyclonedx-maven-plugin", "spotbugs-maven-plugin");
    }

    @Test
    void mavenItselfIsDownloadedWithAChecksum() throws IOException {
        assertThat(Files.readAllLines(CHECKOUT.resolve(".mvn/wrapper/maven-wrapper.properties")))
                .anyMatch(line -> line.matches("distributionSha256Sum=[0-9a-f]{64}"));
    }

    private static String pom(String module) throws IOException {
        return Files.readString(CHECKOUT.resolve(module).resolve("pom.xml"));
    }

    private static String parentOf(String pom) {
        Matcher parent = PARENT.matcher(pom);
        return parent.find() ? parent.group(1) : "none";
    }
}
