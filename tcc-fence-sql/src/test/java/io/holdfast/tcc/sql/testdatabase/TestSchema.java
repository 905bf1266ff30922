package io.holdfast.tcc.sql.testdatabase;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A schema of one test class, and how to get there.
 *
 * @param folder the folder of the SQL scripts for its database, {@code mysql} or {@code postgresql}
 * @param url JDBC URL, with no user in it
 */
public record TestSchema(String name, String folder, String url, String user, String password) {

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    /** Runs a script of this module, such as {@code fence.sql}, as it is shipped for this database. */
    public void runScript(String script) throws SQLException {
        run(read("/io/holdfast/tcc/sql/" + folder + "/" + script));
    }

    /**
     * Runs a script of another module.
     *
     * @param resource on the class path; <code>{database}</code> stands for {@code mysql} or {@code postgresql}
     */
    public void runResource(String resource) throws SQLException {
        run(read("/" + resource.replace("{database}", folder)));
    }

    /** Runs statements one by one, each in a transaction of its own. A statement ends with a semicolon at the end of a line. */
    public void run(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statementsOf(sql)) {
                statement.execute(each);
            }
        }
    }

    private static List<String> statementsOf(String sql) {
        String withoutComments =
                sql.lines().filter(line -> !line.strip().startsWith("--")).collect(Collectors.joining("\n"));
        return Stream.of(withoutComments.split(";\\s*(\n|$)"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    private static String read(String resource) {
        try (InputStream in = TestSchema.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("No such script: " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
