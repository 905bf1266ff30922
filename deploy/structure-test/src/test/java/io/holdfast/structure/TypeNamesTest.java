package io.holdfast.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Types bear the words of the field, so that a newcomer guesses what they are. Sources are read, so that no module has to be built first. */
class TypeNamesTest {

    /** Words of our own making that a standard word has replaced. In small letters, so that no renaming of a type changes them. */
    private static final Set<String> OLD_WORDS = Set.of(
            "apart",
            "book",
            "books",
            "desk",
            "desks",
            "fate",
            "fates",
            "flaw",
            "flaws",
            "flawed",
            "keeper",
            "lane",
            "lanes",
            "lever",
            "levers",
            "lone",
            "look",
            "looks",
            "mend",
            "mender",
            "mends",
            "mischief",
            "neighbour",
            "neighbours",
            "obligation",
            "obligations",
            "people",
            "places",
            "surroundings",
            "svc",
            "told",
            "turn",
            "turns",
            "twin",
            "twins",
            "undone",
            "walking",
            "wish",
            "wishes");

    /** Old words that are ordinary ones as a part of a longer name. */
    private static final Set<String> OLD_NAMES = Set.of("bearer", "goodsin", "memory", "settings");

    private static final Pattern DECLARATION =
            Pattern.compile("(?m)^[ \\t]*(?:[a-z-]+ )*(?:class|record|interface|enum|@interface) +([A-Z]\\w*)");

    private static final Pattern OLD_BOUND = Pattern.compile("\\b(?:MOST|LONGEST|LARGEST|LEAST|SHORTEST)_[A-Z]");

    private static final Pattern WORD = Pattern.compile("[A-Z][a-z0-9]*");

    @Test
    void no_type_bears_a_word_that_a_standard_one_has_replaced() {
        List<Path> sources = Checkout.sources();
        assertThat(sources).hasSizeGreaterThan(500);

        Set<String> old = new TreeSet<>();
        for (Path source : sources) {
            // This file is full of what is not to be.
            if (source.endsWith(TypeNamesTest.class.getSimpleName() + ".java")) {
                continue;
            }
            typesIn(Checkout.read(source)).filter(TypeNamesTest::isOld).forEach(old::add);
        }

        assertThat(old).isEmpty();
    }

    @Test
    void no_package_bears_such_a_word() {
        assertThat(Checkout.sources().stream()
                        .map(source ->
                                Checkout.ROOT.relativize(source.getParent()).toString())
                        .distinct()
                        .filter(folder -> Stream.of(folder.split("/")).anyMatch(name -> OLD_WORDS.contains(name))))
                .isEmpty();
    }

    @Test
    void bounds_are_called_max_and_min() {
        assertThat(Checkout.sources().stream()
                        .filter(source ->
                                OLD_BOUND.matcher(Checkout.read(source)).find())
                        .map(source -> Checkout.ROOT.relativize(source).toString()))
                .isEmpty();
    }

    /** A pattern that finds nothing proves nothing. */
    @Test
    void an_old_bound_would_be_found() {
        assertThat(Stream.of("int MOST" + "_ORDERS = 5;", "LONGEST" + "_ID", "LEAST" + "_DELAY"))
                .allMatch(line -> OLD_BOUND.matcher(line).find());
        assertThat(OLD_BOUND.matcher("MAX_ORDERS, UTMOST_CARE").find()).isFalse();
    }

    /** A pattern that finds nothing proves nothing. */
    @Test
    void an_old_word_would_be_found() {
        assertThat(typesIn("""
                        public final class ParcelBook {
                            private sealed interface ParcelLook permits A {}
                            record ParcelWish(String x) {}
                            enum ParcelFate { COMMITTED }
                            non-sealed class ParcelSettings {}
                        @interface TwinParcel {}
                        """).filter(TypeNamesTest::isOld))
                .containsExactly(
                        "ParcelBook", "ParcelLook", "ParcelWish", "ParcelFate", "ParcelSettings", "TwinParcel");
    }

    @Test
    void ordinary_words_are_not_taken_for_old_ones() {
        assertThat(Stream.of("Bookkeeper", "FreeMemory", "BearerTokens", "LookupTable", "LiveSettingsIT", "Returns"))
                .noneMatch(TypeNamesTest::isOld);
    }

    private static Stream<String> typesIn(String source) {
        return DECLARATION.matcher(source).results().map(found -> found.group(1));
    }

    private static boolean isOld(String type) {
        return type.endsWith("Settings")
                || OLD_NAMES.contains(type.toLowerCase(Locale.ROOT))
                || WORD.matcher(type)
                        .results()
                        .map(found -> found.group().toLowerCase(Locale.ROOT))
                        .anyMatch(OLD_WORDS::contains);
    }
}
