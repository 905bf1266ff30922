package io.holdfast.localplatform.part;

import io.holdfast.localplatform.stack.Stack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;

/** A program that starts a platform's database, looks at it, and stops it: for a test that runs it as somebody else. */
public final class DatabaseStart {

    private DatabaseStart() {}

    /** @param arguments the run folder, and the port offset */
    public static void main(String[] arguments) throws Exception {
        try (Stack stack = Stack.in(Path.of(arguments[0]))
                .runFolder(Path.of(arguments[0]))
                .portOffset(Integer.parseInt(arguments[1]))
                .stopWithThisJvm()
                .open()) {
            MariaDb database = stack.database();
            stack.start(List.of(database));
            try (Connection connection = database.access("order_svc").connect()) {
                Path process = Path.of("/proc", Long.toString(database.pid().orElseThrow()));
                System.out.println(database.name()
                        + (connection.isValid(2) ? " runs as user " : " is silent as user ")
                        + Files.getAttribute(process, "unix:uid"));
            }
        }
    }
}
