package io.holdfast.load.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * PlatformOptions a run's reports are kept.
 *
 * @param path of the folder
 */
public record ReportFolder(Path path) {

    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    /** A new one, named for the time. */
    public static ReportFolder create(Path parent) throws IOException {
        Files.createDirectories(parent);
        // Not createDirectories: two runs in one second would take each other's buyers for their own.
        return new ReportFolder(
                Files.createDirectory(parent.resolve(LocalDateTime.now().format(NAME))));
    }

    /** What tells this run from others: in ids of buyers, SKUs and keys. */
    public String id() {
        return path.getFileName().toString().replace("-", "");
    }

    public Path file(String name) {
        return path.resolve(name);
    }
}
