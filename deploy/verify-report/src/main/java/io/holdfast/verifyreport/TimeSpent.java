package io.holdfast.verifyreport;

import io.holdfast.verifyreport.ProcessEvent.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Where the time of a build went, as a person reads it. */
record TimeSpent(
        List<String> modules, List<TestClass> classes, List<ProcessEvent> events, Map<String, Integer> budgets) {

    private static final int SHOWN = 20;
    private static final int BUDGET_OF_OTHERS = 10;

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Where the time of the tests went (seconds of the clock; modules that run side by side overlap)");
        lines.add("");
        lines.add(row("%-28s %6s %9s %8s", "module", "tests", "seconds", "budget"));
        for (String module : modules) {
            List<TestClass> of = classes.stream()
                    .filter(each -> each.module().equals(module))
                    .toList();
            if (!of.isEmpty()) {
                lines.add(ofModule(module, of));
            }
        }
        lines.add("");
        lines.add(row(
                "%-21s %-40s %6s %9s %7s %6s %6s %8s %9s",
                "slowest classes", "", "tests", "seconds", "starts", "stops", "kills", "freezes", "waited s"));
        classes.stream()
                .sorted(Comparator.comparingDouble(TestClass::seconds).reversed())
                .limit(SHOWN)
                .map(this::ofClass)
                .forEach(lines::add);
        lines.add("");
        lines.add(total());
        return lines;
    }

    List<String> modulesOverBudget() {
        return modules.stream()
                .filter(module -> seconds(classes.stream()
                                .filter(each -> each.module().equals(module))
                                .toList())
                        > budgetOf(module))
                .toList();
    }

    private String ofModule(String module, List<TestClass> of) {
        String line = row("%-28s %6d %9.1f %8d", module, tests(of), seconds(of), budgetOf(module));
        return seconds(of) > budgetOf(module) ? line + "  OVER BUDGET" : line;
    }

    private String ofClass(TestClass each) {
        List<ProcessEvent> its = events.stream()
                .filter(event -> event.testClass().equals(each.name()))
                .toList();
        return row(
                "%-21s %-40s %6d %9.1f %7d %6d %6d %8d %9.1f",
                each.module().substring(each.module().lastIndexOf('/') + 1),
                each.name(),
                each.tests(),
                each.seconds(),
                count(its, Kind.START),
                count(its, Kind.STOP),
                count(its, Kind.KILL),
                count(its, Kind.FREEZE),
                waited(its));
    }

    private String total() {
        return row(
                "%d tests in %d classes, %.1f s; processes: %d starts (%d from an archive), %d stops, %d kills, %d freezes;"
                        + " waited for timeouts: %.1f s",
                tests(classes),
                classes.size(),
                seconds(classes),
                count(events, Kind.START),
                events.stream()
                        .filter(is(Kind.START).and(ProcessEvent::archive))
                        .count(),
                count(events, Kind.STOP),
                count(events, Kind.KILL),
                count(events, Kind.FREEZE),
                waited(events));
    }

    private int budgetOf(String module) {
        return budgets.getOrDefault(module, BUDGET_OF_OTHERS);
    }

    private static int tests(List<TestClass> of) {
        return of.stream().mapToInt(TestClass::tests).sum();
    }

    private static double seconds(List<TestClass> of) {
        return of.stream().mapToDouble(TestClass::seconds).sum();
    }

    private static Predicate<ProcessEvent> is(Kind kind) {
        return event -> event.kind() == kind;
    }

    private static long count(List<ProcessEvent> events, Kind kind) {
        return events.stream().filter(is(kind)).count();
    }

    private static double waited(List<ProcessEvent> events) {
        return events.stream()
                        .filter(is(Kind.WAIT))
                        .mapToLong(ProcessEvent::millis)
                        .sum()
                / 1_000.0;
    }

    private static String row(String format, Object... cells) {
        return String.format(Locale.ROOT, format, cells);
    }
}
