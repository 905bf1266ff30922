package io.holdfast.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A field case counts only with its test: the document names tests that exist. */
class FieldCasesTest {

    private static final Pattern TEST_CLASS = Pattern.compile("\\b([A-Z]\\w+(?:Test|IT|Cases|Acceptance))\\b");

    /** With dots, a name is abbreviated and its beginning counts. */
    private static final Pattern TEST_METHOD = Pattern.compile("#`?([a-z]\\w+)");

    private static final Pattern METHOD = Pattern.compile("\\b(?:void|ArchRule) (\\w+)");

    private final String cases = Checkout.read(Checkout.ROOT.resolve("docs/FIELD-CASES.md"));

    @Test
    void every_test_class_that_it_names_exists() {
        Set<String> classes = Checkout.sources().stream()
                .map(Path::getFileName)
                .map(file -> file.toString().replace(".java", ""))
                .collect(Collectors.toSet());

        Set<String> named = namesIn(TEST_CLASS);

        assertThat(named).hasSizeGreaterThan(40);
        assertThat(named).isSubsetOf(classes);
    }

    @Test
    void every_test_method_that_it_names_exists() {
        Set<String> methods = Checkout.sources().stream()
                .filter(source -> source.toString().contains("/src/test/"))
                .flatMap(source ->
                        METHOD.matcher(Checkout.read(source)).results().map(found -> found.group(1)))
                .collect(Collectors.toSet());

        Set<String> named = namesIn(TEST_METHOD);

        assertThat(named).hasSizeGreaterThan(80);
        assertThat(named.stream().filter(name -> !methods.contains(name) && !startsOne(methods, name)))
                .isEmpty();
    }

    private boolean startsOne(Set<String> methods, String beginning) {
        return cases.contains(beginning + "...") && methods.stream().anyMatch(method -> method.startsWith(beginning));
    }

    private Set<String> namesIn(Pattern pattern) {
        return pattern.matcher(cases).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }
}
