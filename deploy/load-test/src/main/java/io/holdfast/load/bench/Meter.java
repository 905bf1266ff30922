package io.holdfast.load.bench;

import io.holdfast.load.platform.Books;
import io.holdfast.load.platform.Platform;
import io.holdfast.localstack.StackFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads what the platform's processes, its database and this process have used up. */
final class Meter implements AutoCloseable {

    /** The kernel tells CPU time in this unit on every Linux on x86-64. */
    private static final double TICKS_PER_SECOND = 100;

    private static final String OWN_NAME = "bench";

    private final Platform platform;
    private final Books books;
    private final ServiceMetrics metrics;

    Meter(Platform platform, Books books, ServiceMetrics metrics) {
        this.platform = platform;
        this.books = books;
        this.metrics = metrics;
        books.execute("set global innodb_monitor_enable = 'trx_rw_commits'");
    }

    Snapshot read() {
        Map<String, Long> database = status();
        ServiceMetrics.Groups groups = metrics.groups();
        return new Snapshot(
                cpuSeconds(),
                database.get("QUESTIONS"),
                database.get("COM_COMMIT"),
                database.get("TRX_RW_COMMITS"),
                database.get("INNODB_DATA_FSYNCS"),
                groups.groups(),
                groups.orders(),
                metrics.coordinatorMessages());
    }

    private Map<String, Long> status() {
        Map<String, Long> status = new HashMap<>();
        books.rows("""
                select variable_name as name, cast(variable_value as signed) as value
                from information_schema.global_status
                where variable_name in ('QUESTIONS', 'COM_COMMIT', 'INNODB_DATA_FSYNCS')
                union all
                select name, count from information_schema.innodb_metrics where name = 'trx_rw_commits'
                """)
                .forEach(row -> status.put(
                        row.get("name").toString().toUpperCase(Locale.ROOT), ((Number) row.get("value")).longValue()));
        return status;
    }

    private Map<String, Double> cpuSeconds() {
        Map<String, Double> seconds = new TreeMap<>();
        for (StackFile.Entry part : platform.stack().stackFile().entries()) {
            seconds.put(part.name(), cpuSecondsOf(part.pid()));
        }
        seconds.put(OWN_NAME, cpuSecondsOf(ProcessHandle.current().pid()));
        return seconds;
    }

    private static double cpuSecondsOf(long pid) {
        try {
            return cpuSeconds(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
        } catch (IOException e) {
            throw new UncheckedIOException("a part of the platform is gone", e);
        }
    }

    /** @param stat as in proc(5): utime and stime are the fields 14 and 15, and the second one may hold blanks and brackets */
    static double cpuSeconds(String stat) {
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(afterName[11]) + Long.parseLong(afterName[12])) / TICKS_PER_SECOND;
    }

    @Override
    public void close() {
        books.execute("set global innodb_monitor_disable = 'trx_rw_commits'");
    }
}
