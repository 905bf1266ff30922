package io.holdfast.systemtest.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a README tells people to run. */
record Readme(String name, String text) {

    static final Path CHECKOUT = Path.of("../..").toAbsolutePath().normalize();

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```bash\n(.*?)^```$");
    private static final Pattern INLINE = Pattern.compile("`((?:deploy/[a-z]|\\./mvnw)[^`]*)`");
    private static final Pattern ADDRESS = Pattern.compile("`(http://localhost:[^`]*)`");
    private static final Pattern COMMENT = Pattern.compile("(?m)\\s+#.*$");

    static Readme english() {
        return named("README.md");
    }

    static Readme chinese() {
        return named("README.zh-CN.md");
    }

    private static Readme named(String name) {
        try {
            return new Readme(name, Files.readString(CHECKOUT.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The blocks to copy into a terminal, each as it stands. */
    List<String> blocks() {
        return all(BLOCK);
    }

    /** The same without comments, which are in each README's own language. */
    List<String> blocksWithoutComments() {
        return blocks().stream()
                .map(block -> COMMENT.matcher(block).replaceAll(""))
                .toList();
    }

    /** Commands that stand in the text or in a table, each once, in the order in which they come. */
    List<String> commandsInText() {
        return all(INLINE).stream().distinct().toList();
    }

    /** Pages to look at. */
    List<String> addresses() {
        return all(ADDRESS).stream().distinct().toList();
    }

    private List<String> all(Pattern pattern) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toList());
    }
}
