package io.holdfast.verifyreport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a build has left in the {@code target} folders of its modules. What is missing is no error: a module may have no tests. */
final class Build {

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final Pattern SUITE = Pattern.compile("<testsuite\\s[^>]*>");
    private static final int COLUMNS = 5;

    private final Path root;

    Build(Path root) {
        this.root = root;
    }

    List<String> modules() throws IOException {
        return MODULE.matcher(Files.readString(root.resolve("pom.xml")))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    List<TestClass> testClasses() throws IOException {
        List<TestClass> classes = new ArrayList<>();
        for (String module : modules()) {
            for (String reports : List.of("surefire-reports", "failsafe-reports")) {
                for (Path report :
                        reportsIn(root.resolve(module).resolve("target").resolve(reports))) {
                    classes.add(testClass(module, Files.readString(report)));
                }
            }
        }
        return classes;
    }

    private static List<Path> reportsIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("TEST-.+\\.xml"))
                    .sorted()
                    .toList();
        }
    }

    private static TestClass testClass(String module, String report) {
        Matcher suite = SUITE.matcher(report);
        if (!suite.find()) {
            throw new IllegalArgumentException("Not a report of tests, in " + module);
        }
        String name = attribute(suite.group(), "name");
        return new TestClass(
                module,
                simple(name),
                Integer.parseInt(attribute(suite.group(), "tests")),
                // Surefire groups the digits of long times.
                Double.parseDouble(attribute(suite.group(), "time").replace(",", "")));
    }

    private static String attribute(String tag, String name) {
        Matcher attribute = Pattern.compile("\\s" + name + "=\"([^\"]*)\"").matcher(tag);
        if (!attribute.find()) {
            throw new IllegalArgumentException("No " + name + " in " + tag);
        }
        return attribute.group(1);
    }

    List<ProcessEvent> processEvents() throws IOException {
        List<ProcessEvent> events = new ArrayList<>();
        for (String module : modules()) {
            Path file = root.resolve(module).resolve("target/process-events.csv");
            if (Files.isRegularFile(file)) {
                Files.readAllLines(file).stream()
                        .filter(line -> !line.isBlank() && !line.startsWith("testClass,"))
                        .forEach(line -> events.add(event(line)));
            }
        }
        return events;
    }

    private static ProcessEvent event(String line) {
        String[] columns = line.split(",", -1);
        if (columns.length != COLUMNS) {
            throw new IllegalArgumentException("Not an event: " + line);
        }
        return new ProcessEvent(
                simple(columns[0]),
                ProcessEvent.Kind.valueOf(columns[1].toUpperCase(Locale.ROOT)),
                columns[2],
                Long.parseLong(columns[3]),
                columns[4].equals("yes"));
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
