package io.holdfast.migrations;

import org.jspecify.annotations.Nullable;

/**
 * The tables of a library, and where their migrations are.
 *
 * @param history the table of their Flyway history, in the schema of the service
 * @param folder on the class path; <code>{database}</code> stands for {@code mysql} (MariaDB too) or {@code postgresql}
 * @param existing how to recognize tables that were made before there was a history; null if the first migration may be run again
 *     over them
 */
public record LibrarySchema(
        String history, String folder, @Nullable Existing existing) {

    public LibrarySchema {
        if (!history.matches("[a-z_]{1,60}")) {
            throw new IllegalArgumentException("Not the name of a table: " + history);
        }
    }

    /** For tables whose first migration may be run again over tables that are there. */
    public LibrarySchema(String history, String folder) {
        this(history, folder, null);
    }

    /**
     * Tables that are there already count as a version.
     *
     * @param table one of them
     * @param column of that table, by which it is known to be the library's
     * @param version of the last migration that made them
     * @param otherwise what people have to do if the table is there without that column
     */
    public record Existing(String table, String column, String version, String otherwise) {

        public Existing {
            if (!table.matches("[a-z_]+") || !column.matches("[a-z_]+")) {
                throw new IllegalArgumentException("Not the names of a table and a column: " + table + ", " + column);
            }
        }
    }
}
