package io.holdfast.load.bench;

import io.holdfast.load.platform.Databases;
import io.holdfast.load.platform.Platform;
import io.holdfast.localplatform.runfolder.StackFile;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads what the platform's processes, its database and this process have used up. */
final class Meter implements AutoCloseable {

    private static final String OWN_NAME = "bench";

    private final Platform platform;
    private final Databases databases;
    private final ServiceMetrics metrics;

    Meter(Platform platform, Databases databases, ServiceMetrics metrics) {
        this.platform = platform;
        this.databases = databases;
        this.metrics = metrics;
        databases.execute("set global innodb_monitor_enable = 'trx_rw_commits'");
    }

    Snapshot read() {
        Map<String, Long> database = status();
        ServiceMetrics.Groups groups = metrics.groups();
        return new Snapshot(
                cpu(),
                MachineCpuTime.now(),
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
        databases
                .rows("""
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

    /** What the parts of the platform, what is compared with it, and this process have used. */
    ProcessCpuTime cpu() {
        Map<String, Long> pids = new TreeMap<>();
        for (StackFile.Entry part : platform.stack().stackFile().entries()) {
            pids.put(part.name(), part.pid());
        }
        pids.put(OWN_NAME, ProcessHandle.current().pid());
        return ProcessCpuTime.of(pids);
    }

    @Override
    public void close() {
        databases.execute("set global innodb_monitor_disable = 'trx_rw_commits'");
    }
}
