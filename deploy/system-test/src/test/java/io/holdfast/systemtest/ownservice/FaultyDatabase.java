package io.holdfast.systemtest.ownservice;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * The way from the service to its (real) database, with the two faults that decide between good and bad fences: a thread that gets
 * its connection too late, and a commit that took effect and whose answer was lost.
 */
final class FaultyDatabase extends DelegatingDataSource {

    private static final long LIMIT_SECONDS = 30;

    private final ThreadLocal<Boolean> late = ThreadLocal.withInitial(() -> false);
    private final CountDownLatch waiting = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicInteger answersToLose = new AtomicInteger();
    private final AtomicInteger answersLost = new AtomicInteger();

    FaultyDatabase(DataSource real) {
        super(real);
    }

    /** The next connection for this thread comes only after {@link #letTheLateThreadGoOn()}. Once in this object's life. */
    void makeThisThreadLate() {
        late.set(true);
    }

    boolean isAThreadLate() {
        return waiting.getCount() == 0;
    }

    void letTheLateThreadGoOn() {
        goOn.countDown();
    }

    /** The next transaction that ends on another thread than this one is committed, and its service does not learn of it. */
    void loseTheNextAnswerToACommit() {
        answersToLose.set(1);
    }

    int answersLost() {
        return answersLost.get();
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (late.get()) {
            late.set(false);
            waiting.countDown();
            awaitGoOn();
        }
        return faulty(super.getConnection());
    }

    private void awaitGoOn() throws SQLException {
        try {
            if (!goOn.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new SQLException("the test did not let this thread go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException(e);
        }
    }

    private Connection faulty(Connection real) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object answer;
                    try {
                        answer = method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (method.getName().equals("commit") && answersToLose.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                        answersLost.incrementAndGet();
                        throw new SQLException("the connection broke after the commit", "08S01");
                    }
                    return answer;
                });
    }
}
