package io.holdfast.load.bench;

import io.holdfast.localplatform.console.Table;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** An HTML page that needs nothing but itself. */
final class Page {

    private static final String STYLE = """
            body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 960px; color: #222; }
            svg { max-width: 100%; height: auto; font-size: 12px; }
            rect { fill: #3b7dd8; } rect.doubtful { fill: #b8b8b8; } line { stroke: #222; stroke-width: 1.5; }
            pre { overflow-x: auto; background: #f5f5f5; padding: 1rem; font-size: 12px; }
            .warning { color: #b00020; font-weight: bold; }
            dl { display: grid; grid-template-columns: max-content auto; gap: 0 1rem; } dd { margin: 0; }
            """;

    private final StringWriter text = new StringWriter();
    private final XMLStreamWriter html;

    Page(String title) throws XMLStreamException {
        text.write("<!DOCTYPE html>\n");
        html = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
        html.writeStartElement("html");
        html.writeAttribute("lang", "en");
        html.writeStartElement("head");
        html.writeEmptyElement("meta");
        html.writeAttribute("charset", "utf-8");
        element("title", title);
        element("style", STYLE);
        html.writeEndElement();
        html.writeStartElement("body");
        element("h1", title);
    }

    void facts(Map<String, String> facts) throws XMLStreamException {
        html.writeStartElement("dl");
        for (Map.Entry<String, String> fact : facts.entrySet()) {
            element("dt", fact.getKey());
            element("dd", fact.getValue());
        }
        html.writeEndElement();
    }

    void warning(String warning) throws XMLStreamException {
        html.writeStartElement("p");
        html.writeAttribute("class", "warning");
        html.writeCharacters(warning);
        html.writeEndElement();
    }

    /** Left out if there is nothing to draw. */
    void plot(String title, List<Bars.Bar> bars) throws XMLStreamException {
        if (!bars.isEmpty()) {
            element("h2", title);
            new Bars(bars).drawOn(html);
        }
    }

    void table(String title, Table table) throws XMLStreamException {
        element("h2", title);
        element("pre", String.join("\n", table.lines("")));
    }

    /** The page as it is complete; nothing can be added any more. */
    String html() throws XMLStreamException {
        html.writeEndDocument();
        html.close();
        return text.toString();
    }

    private void element(String name, String content) throws XMLStreamException {
        html.writeStartElement(name);
        html.writeCharacters(content);
        html.writeEndElement();
    }
}
