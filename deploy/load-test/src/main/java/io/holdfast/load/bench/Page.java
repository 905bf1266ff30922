package io.holdfast.load.bench;

import io.holdfast.localstack.Table;
import java.util.List;
import java.util.Map;

/** An HTML page that needs nothing but itself. */
final class Page {

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>%1$s</title><style>
            body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 960px; color: #222; }
            svg { max-width: 100%%; height: auto; font-size: 12px; }
            svg rect { fill: #3b7dd8; } svg line { stroke: #222; stroke-width: 1.5; }
            pre { overflow-x: auto; background: #f5f5f5; padding: 1rem; font-size: 12px; }
            .warning { color: #b00020; font-weight: bold; }
            dl { display: grid; grid-template-columns: max-content auto; gap: 0 1rem; } dd { margin: 0; }
            </style></head><body><h1>%1$s</h1>
            """;

    private final StringBuilder html = new StringBuilder();

    Page(String title) {
        html.append(HEAD.formatted(escape(title)));
    }

    void facts(Map<String, String> facts) {
        html.append("<dl>\n");
        facts.forEach((name, value) -> html.append("<dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(value))
                .append("</dd>\n"));
        html.append("</dl>\n");
    }

    void warning(String text) {
        html.append("<p class=\"warning\">").append(escape(text)).append("</p>\n");
    }

    /** Left out if there is nothing to draw. */
    void plot(String title, List<Bars.Bar> bars) {
        if (!bars.isEmpty()) {
            heading(title);
            html.append(new Bars(bars).svg());
        }
    }

    void table(String title, Table table) {
        heading(title);
        html.append("<pre>").append(escape(String.join("\n", table.lines("")))).append("</pre>\n");
    }

    String html() {
        return html + "</body></html>\n";
    }

    private void heading(String text) {
        html.append("<h2>").append(escape(text)).append("</h2>\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
