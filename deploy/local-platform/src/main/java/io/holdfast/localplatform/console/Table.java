package io.holdfast.localplatform.console;

import java.util.ArrayList;
import java.util.List;

/** Lines of cells under a heading, in columns as wide as their widest cell. Numbers are aligned to the right. */
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();
    private final int columns;

    public Table(String... heading) {
        this.columns = heading.length;
        rows.add(List.of(heading));
    }

    /** One cell per column; null is an empty one. */
    public Table row(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns");
        }
        rows.add(java.util.Arrays.stream(cells)
                .map(cell -> cell == null ? "" : cell.toString())
                .toList());
        return this;
    }

    /** Heading and rows, each after the indent. */
    public List<String> lines(String indent) {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int column = 0; column < columns; column++) {
                String blanks = " ".repeat(width(column) - row.get(column).length());
                line.append(isNumeric(column) ? blanks + row.get(column) : row.get(column) + blanks);
                line.append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    /** Whether a column holds numbers only (and blanks), and at least one. */
    private boolean isNumeric(int column) {
        List<String> cells = rows.stream()
                .skip(1)
                .map(row -> row.get(column))
                .filter(cell -> !cell.isEmpty())
                .toList();
        return !cells.isEmpty() && cells.stream().allMatch(cell -> cell.matches("-?[0-9.,]+"));
    }
}
