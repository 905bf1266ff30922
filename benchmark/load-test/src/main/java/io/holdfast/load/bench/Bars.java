package io.holdfast.load.bench;

import io.holdfast.load.measure.Spread;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A bar for each median, with a line from the least to the greatest, as SVG. */
record Bars(List<Bar> bars) {

    private static final int ROW = 26;
    private static final int LABEL = 330;
    private static final int WIDTH = 480;
    private static final int VALUE = 90;

    /**
     * One bar.
     *
     * @param doubtful drawn so that nobody takes it for a good one
     */
    record Bar(String label, Spread spread, boolean doubtful) {}

    void drawOn(XMLStreamWriter page) throws XMLStreamException {
        double greatest =
                bars.stream().mapToDouble(bar -> bar.spread().max()).max().orElse(0);
        double scale = greatest > 0 ? WIDTH / greatest : 0;
        int width = LABEL + WIDTH + VALUE;
        int height = bars.size() * ROW;
        page.writeStartElement("svg");
        page.writeAttribute("viewBox", "0 0 " + width + " " + height);
        page.writeAttribute("width", Integer.toString(width));
        page.writeAttribute("role", "img");
        for (int i = 0; i < bars.size(); i++) {
            draw(bars.get(i), i * ROW, scale, page);
        }
        page.writeEndElement();
    }

    private static void draw(Bar bar, int top, double scale, XMLStreamWriter page) throws XMLStreamException {
        double middle = top + ROW / 2.0;
        double end = LABEL + bar.spread().max() * scale;
        text(page, LABEL - 8.0, middle, "end", bar.label());
        shape(
                page,
                "rect",
                bar.doubtful() ? "doubtful" : "",
                new String[] {"x", "y", "width", "height"},
                LABEL,
                top + 4,
                bar.spread().median() * scale,
                ROW - 8);
        shape(
                page,
                "line",
                "",
                new String[] {"x1", "x2", "y1", "y2"},
                LABEL + bar.spread().min() * scale,
                end,
                middle,
                middle);
        text(page, end + 6, middle, "start", Report.number(bar.spread().median()));
    }

    private static void text(XMLStreamWriter page, double x, double middle, String anchor, String text)
            throws XMLStreamException {
        page.writeStartElement("text");
        page.writeAttribute("x", number(x));
        page.writeAttribute("y", number(middle + 4));
        page.writeAttribute("text-anchor", anchor);
        page.writeCharacters(text);
        page.writeEndElement();
    }

    private static void shape(
            XMLStreamWriter page, String name, String styleClass, String[] attributes, double... values)
            throws XMLStreamException {
        page.writeEmptyElement(name);
        if (!styleClass.isEmpty()) {
            page.writeAttribute("class", styleClass);
        }
        for (int i = 0; i < attributes.length; i++) {
            page.writeAttribute(attributes[i], number(values[i]));
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
