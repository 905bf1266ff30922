package io.holdfast.load.bench;

import io.holdfast.load.measure.Spread;
import java.util.List;
import java.util.Locale;

/** A bar for each median, with a line from the least to the greatest, as SVG. */
record Bars(List<Bar> bars) {

    private static final int ROW = 26;
    private static final int LABEL = 330;
    private static final int WIDTH = 480;
    private static final int VALUE = 90;

    /** One bar. */
    record Bar(String label, Spread spread) {}

    String svg() {
        double greatest =
                bars.stream().mapToDouble(bar -> bar.spread().max()).max().orElse(0);
        double scale = greatest > 0 ? WIDTH / greatest : 0;
        StringBuilder svg = new StringBuilder();
        svg.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%1$d\" role=\"img\">%n",
                LABEL + WIDTH + VALUE, bars.size() * ROW));
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int top = i * ROW;
            double middle = top + ROW / 2.0;
            svg.append(format(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LABEL - 8, middle + 4, Page.escape(bar.label())));
            svg.append(format(
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
                    LABEL, top + 4, bar.spread().median() * scale, ROW - 8));
            svg.append(format(
                    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%3$.1f\"/>%n",
                    LABEL + bar.spread().min() * scale, LABEL + bar.spread().max() * scale, middle));
            svg.append(format(
                    "<text x=\"%.1f\" y=\"%.1f\">%s</text>%n",
                    LABEL + bar.spread().max() * scale + 6,
                    middle + 4,
                    Report.number(bar.spread().median())));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
