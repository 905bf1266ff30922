package io.holdfast.structure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of this checkout, as far as tests read them. */
final class Checkout {

    static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    private Checkout() {}

    /** The folders of all modules, as the parent POM lists them. */
    static List<Path> modules() {
        return MODULE.matcher(read(ROOT.resolve("pom.xml")))
                .results()
                .map(found -> ROOT.resolve(found.group(1)))
                .toList();
    }

    /** All Java sources of all modules, main and test. */
    static List<Path> sources() {
        List<Path> sources = new ArrayList<>();
        for (Path module : modules()) {
            sources.addAll(filesIn(module.resolve("src/main/java"), ".java"));
            sources.addAll(filesIn(module.resolve("src/test/java"), ".java"));
        }
        return sources;
    }

    /** @return the files below a folder with this ending; none if there is no such folder */
    static List<Path> filesIn(Path folder, String ending) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
