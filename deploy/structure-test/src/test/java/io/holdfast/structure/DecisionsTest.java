package io.holdfast.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each decision has a number of its own, and is listed. */
class DecisionsTest {

    private final Path folder = Checkout.ROOT.resolve("docs/adr");
    private final List<String> files = Checkout.filesIn(folder, ".md").stream()
            .map(file -> file.getFileName().toString())
            .filter(file -> !file.equals("README.md"))
            .toList();

    @Test
    void no_number_is_used_twice() {
        assertThat(files).hasSizeGreaterThan(25).allMatch(file -> file.matches("\\d{4}-[a-z0-9-]+\\.md"));
        assertThat(files.stream().map(file -> file.substring(0, 4))).doesNotHaveDuplicates();
    }

    @Test
    void every_decision_is_listed_under_its_number() {
        String list = Checkout.read(folder.resolve("README.md"));

        assertThat(files)
                .allSatisfy(file -> assertThat(list).contains("| [%s](%s) |".formatted(file.substring(0, 4), file)));
    }
}
