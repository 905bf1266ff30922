package io.holdfast.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What people read in a terminal or in a difference fits there. Tables, code and what cannot be broken are left out. */
class LineLengthTest {

    private static final int MAX_CHARACTERS = 140;

    @Test
    void no_line_of_prose_is_longer_than_a_screen() {
        List<Path> documents = documents();
        assertThat(documents)
                .extracting(file -> Checkout.ROOT.relativize(file).toString())
                .contains(
                        "README.md",
                        "README.zh-CN.md",
                        "CONTRIBUTING.md",
                        "docs/ARCHITECTURE.md",
                        "docs/adr/README.md");

        List<String> tooLong = new ArrayList<>();
        for (Path document : documents) {
            String name = Checkout.ROOT.relativize(document).toString();
            longLinesIn(Checkout.read(document)).forEach(number -> tooLong.add(name + ":" + number));
        }

        assertThat(tooLong).isEmpty();
    }

    @Test
    void a_long_line_of_prose_is_found_and_tables_and_code_are_not() {
        String words = "word ".repeat(29);
        assertThat(longLinesIn(
                        String.join("\n", "short", words, "| " + words + " |", "```", words, "```", "- " + words)))
                .containsExactly(2, 7);
    }

    /** Nobody can break a word, say a link. */
    @Test
    void a_word_that_is_too_long_by_itself_is_let_be() {
        assertThat(longLinesIn("x".repeat(150))).isEmpty();
    }

    private static List<Path> documents() {
        List<Path> documents = new ArrayList<>(Checkout.filesIn(Checkout.ROOT.resolve("docs"), ".md"));
        Stream.of("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md", "tcc-fence-sql/README.md")
                .map(Checkout.ROOT::resolve)
                .forEach(documents::add);
        return documents;
    }

    private static List<Integer> longLinesIn(String text) {
        List<Integer> numbers = new ArrayList<>();
        boolean code = false;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.startsWith("```")) {
                code = !code;
            }
            boolean breakable = !code && !line.startsWith("|") && line.strip().contains(" ");
            if (breakable && line.codePointCount(0, line.length()) > MAX_CHARACTERS) {
                numbers.add(number);
            }
        }
        return numbers;
    }
}
