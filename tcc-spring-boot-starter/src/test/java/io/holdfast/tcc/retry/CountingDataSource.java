package io.holdfast.tcc.retry;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Writes down the statements that are prepared. What asks for no statement costs the database nothing. */
final class CountingDataSource extends DelegatingDataSource {

    private final Queue<String> statements = new ConcurrentLinkedQueue<>();

    CountingDataSource(DataSource target) {
        super(target);
    }

    Queue<String> statements() {
        return statements;
    }

    @Override
    public Connection getConnection() throws java.sql.SQLException {
        Connection connection = super.getConnection();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().startsWith("prepare") && arguments != null) {
                        statements.add(String.valueOf(arguments[0]));
                    } else if (method.getName().equals("createStatement")) {
                        statements.add("(a statement without parameters)");
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }
}
