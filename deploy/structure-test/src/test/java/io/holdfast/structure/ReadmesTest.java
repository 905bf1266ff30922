package io.holdfast.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The two READMEs have to say the same, and what CI runs has to be what they tell people to run. */
class ReadmesTest {

    private static final Pattern CODE_BLOCK = Pattern.compile("(?s)```.*?```");
    private static final Pattern RELATIVE_LINK = Pattern.compile("]\\((?!https?:)([^)#]+)\\)");

    private final Path checkout = Path.of("").toAbsolutePath().getParent().getParent();
    private final String english = read("README.md");
    private final String chinese = read("README.zh-CN.md");

    @Test
    void bothHaveTheSameCommandsDiagramsAndCode() {
        assertThat(found(CODE_BLOCK, chinese)).hasSizeGreaterThan(3).isEqualTo(found(CODE_BLOCK, english));
    }

    @Test
    void bothHaveTheSameSectionsAndTables() {
        assertThat(outline(chinese)).hasSizeGreaterThan(10).isEqualTo(outline(english));
    }

    @Test
    void everyLinkLeadsSomewhere() {
        for (String readme : List.of(english, chinese)) {
            for (String link : found(RELATIVE_LINK, readme)) {
                assertThat(checkout.resolve(link)).exists();
            }
        }
    }

    @Test
    void continuousIntegrationRunsTheTestCommandOfTheReadme() {
        assertThat(english).contains("./mvnw verify");
        assertThat(read(".ci/run").lines().toList().stream().filter(line -> line.startsWith("./mvnw")))
                .singleElement()
                .asString()
                .matches("\\./mvnw( -B| -ntp)* verify");
    }

    /** What each line is, not what it says: heading, row of a table, item of a list. */
    private static List<String> outline(String readme) {
        return CODE_BLOCK
                .matcher(readme)
                .replaceAll("")
                .lines()
                .filter(line -> line.matches("(#+ |\\||- ).*"))
                .map(line -> line.startsWith("|")
                        ? "row of " + line.chars().filter(c -> c == '|').count()
                        : line.substring(0, line.indexOf(' ')))
                .toList();
    }

    private static List<String> found(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(matcher.groupCount()));
        }
        return found;
    }

    private String read(String file) {
        try {
            return Files.readString(checkout.resolve(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
