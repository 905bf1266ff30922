package io.holdfast.load.bench;

import io.holdfast.load.platform.Databases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the figures depend on.
 *
 * @param facts by name
 */
record RunEnvironment(Map<String, String> facts) {

    static RunEnvironment of(Databases databases, Pace pace) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("processor", processor());
        facts.put("Java", System.getProperty("java.vm.version"));
        databases.rows("""
                select variable_name as name, variable_value as value from information_schema.global_variables
                where variable_name in ('VERSION', 'INNODB_FLUSH_LOG_AT_TRX_COMMIT', 'SYNC_BINLOG', 'LOG_BIN',
                    'INNODB_BUFFER_POOL_SIZE')
                order by variable_name
                """).forEach(row -> facts.put("MariaDB " + row.get("name"), String.valueOf(row.get("value"))));
        facts.put("rounds", Integer.toString(pace.rounds()));
        facts.put(
                "each measurement",
                pace.settling().toSeconds() + " s settling, " + pace.measured().toSeconds() + " s measured");
        return new RunEnvironment(facts);
    }

    private static String processor() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo"))
                    .lines()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
