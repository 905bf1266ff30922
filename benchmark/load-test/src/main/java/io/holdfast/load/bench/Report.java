package io.holdfast.load.bench;

import io.holdfast.load.measure.Spread;
import io.holdfast.load.platform.ReportFolder;
import io.holdfast.localplatform.console.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import javax.xml.stream.XMLStreamException;
import tools.jackson.databind.json.JsonMapper;

/** The results of a run: for the screen, as JSON, and as a page with plots. */
final class Report {

    static final String PAGE = "index.html";
    static final String DATA = "results.json";

    private static final String RATIOS =
            "Ratios of orders a second and of CPU milliseconds per order, each with the number of clients that suits it best unless"
                    + " one is named";

    private static final JsonMapper JSON = new JsonMapper();

    private final List<Variant> variants;
    private final Results results;
    private final Map<Integer, String> failures;
    private final RunEnvironment environment;

    /** @param failures by the number of the variant */
    Report(List<Variant> variants, Results results, Map<Integer, String> failures, RunEnvironment environment) {
        this.variants = variants;
        this.results = results;
        this.failures = failures;
        this.environment = environment;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Medians over all rounds, in brackets the least and the greatest");
        lines.addAll(figures().lines("  "));
        lines.add("");
        lines.add("CPU milliseconds per order, by process");
        lines.addAll(cpu().lines("  "));
        List<Ratio.Measured> ratios = ratios();
        if (!ratios.isEmpty()) {
            lines.add("");
            lines.add(RATIOS);
            lines.addAll(ratioTable(ratios).lines("  "));
        }
        failures.forEach((variant, why) -> lines.add("FAILED  variant " + variant + ": " + why));
        return lines;
    }

    void write(ReportFolder folder) throws IOException {
        Files.writeString(
                folder.file(DATA),
                JSON.writerWithDefaultPrettyPrinter()
                        .writeValueAsString(Map.of(
                                "surroundings", environment.facts(),
                                "variants", titles(),
                                "measurements", results.measurements(),
                                "summaries", results.lines(),
                                "ratios", ratios(),
                                "failures", failures)));
        try {
            Files.writeString(folder.file(PAGE), page().html());
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
    }

    private Page page() throws XMLStreamException {
        Page page = new Page("Holdfast benchmark");
        page.facts(environment.facts());
        for (Map.Entry<Integer, String> failure : failures.entrySet()) {
            page.warning("Variant " + failure.getKey() + " failed: " + failure.getValue());
        }
        if (results.lines().stream().anyMatch(line -> !line.doubts().isEmpty())) {
            page.warning(
                    "What is grey says little: it was not warm, or others used the machine. The figures below tell which.");
        }
        page.plot("Orders a second, with the number of clients that suits each best", best(Results.ORDERS_PER_SECOND));
        for (Variant variant : variants) {
            List<Bars.Bar> byClients = results.lines().stream()
                    .filter(line -> line.variant() == variant.number())
                    .map(line -> bar(line, line.clients() + " clients", Results.ORDERS_PER_SECOND))
                    .toList();
            page.plot(variant.number() + " " + variant.title() + ": a second, by clients", byClients);
        }
        page.plot("P95 in milliseconds, with the same number of clients", best(Results.P95));
        page.plot("CPU milliseconds per order, all processes", best(Results.CPU));
        page.plot("Statements per order", best(Results.STATEMENTS));
        page.plot("Writing transactions per order", best(Results.WRITES));
        page.plot("fsyncs per order", best(Results.FSYNCS));
        page.plot("Round trips to and from the coordinator per order", best(Results.COORDINATOR));
        page.table("Figures: median (least to greatest)", figures());
        page.table("CPU milliseconds per order, by process", cpu());
        if (!ratios().isEmpty()) {
            page.table(RATIOS, ratioTable(ratios()));
        }
        return page;
    }

    private List<Bars.Bar> best(String figure) {
        List<Bars.Bar> bars = new ArrayList<>();
        for (Variant variant : variants) {
            Optional<Results.Line> line = results.line(variant.number(), OptionalInt.empty());
            line.ifPresent(found -> bars.add(
                    bar(found, variant.number() + " " + variant.title() + " (" + found.clients() + ")", figure)));
        }
        return bars;
    }

    private static Bars.Bar bar(Results.Line line, String label, String figure) {
        return new Bars.Bar(label, line.figure(figure), !line.doubts().isEmpty());
    }

    private Table figures() {
        List<String> names = results.lines().stream()
                .findFirst()
                .map(line -> List.copyOf(line.figures().keySet()))
                .orElse(List.of());
        List<String> heading = new ArrayList<>(List.of("", "variant", "clients"));
        heading.addAll(names);
        heading.add("");
        Table table = new Table(heading.toArray(String[]::new));
        for (Results.Line line : results.lines()) {
            List<Object> row = new ArrayList<>(List.of(line.variant(), titles().get(line.variant()), line.clients()));
            names.forEach(name -> row.add(text(line.figure(name))));
            row.add(String.join("; ", line.doubts()));
            table.row(row.toArray());
        }
        return table;
    }

    private Table cpu() {
        List<String> processes = results.lines().stream()
                .flatMap(line -> line.cpuMillisPerOrder().keySet().stream())
                .distinct()
                .sorted()
                .toList();
        List<String> heading = new ArrayList<>(List.of("", "clients"));
        heading.addAll(processes);
        Table table = new Table(heading.toArray(String[]::new));
        for (Results.Line line : results.lines()) {
            List<Object> row = new ArrayList<>(List.of(line.variant(), line.clients()));
            processes.forEach(process -> row.add(number(line.cpuMillisPerOrder().getOrDefault(process, 0.0))));
            table.row(row.toArray());
        }
        return table;
    }

    private List<Ratio.Measured> ratios() {
        return Ratio.ALL.stream().flatMap(ratio -> ratio.in(results).stream()).toList();
    }

    private static Table ratioTable(List<Ratio.Measured> ratios) {
        Table table = new Table("ratio", "orders/s", "CPU ms/order", "to reach", "");
        ratios.forEach(ratio -> table.row(
                ratio.name(),
                number(ratio.value()),
                ratio.cpuValue().isPresent() ? number(ratio.cpuValue().getAsDouble()) : "",
                ratio.target().isPresent() ? number(ratio.target().getAsDouble()) : "",
                ratio.inWords()));
        return table;
    }

    private Map<Integer, String> titles() {
        Map<Integer, String> titles = new TreeMap<>();
        variants.forEach(variant -> titles.put(variant.number(), variant.title()));
        return titles;
    }

    private static String text(Spread spread) {
        return number(spread.median()) + " (" + number(spread.min()) + "-" + number(spread.max()) + ")";
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
