package io.holdfast.localplatform.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A part could not be started, died, or did not stop. The message is one line that names the part and, if it has written one, its log file.
 */
public final class PartFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int TAIL_LINES = 12;
    private static final int LINE_LIMIT = 220;
    private static final int TAIL_BYTES = 16 * 1024;

    private final String part;
    private final transient List<String> lastLines;

    private PartFailed(String part, String message, List<String> lastLines, Throwable cause) {
        super(message, cause);
        this.part = part;
        this.lastLines = lastLines;
    }

    public static PartFailed before(String part, String what) {
        return new PartFailed(part, part + ": " + what, List.of(), null);
    }

    public static PartFailed before(String part, String what, Throwable cause) {
        return new PartFailed(part, part + ": " + what, List.of(), cause);
    }

    /** @param from where in the log this run of the part begins, so that an older run's lines are not shown */
    public static PartFailed logged(String part, String what, Path log, long from) {
        return new PartFailed(part, part + " " + what + "; see " + log, tail(log, from), null);
    }

    public String part() {
        return part;
    }

    /** The last lines of the part's log, oldest first; empty if it wrote nothing. */
    public List<String> lastLines() {
        return lastLines == null ? List.of() : lastLines;
    }

    private static List<String> tail(Path log, long from) {
        if (!Files.isReadable(log)) {
            return List.of();
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            // A file that is shorter than it was has been turned over since.
            long start = Math.max(from > file.length() ? 0 : from, file.length() - TAIL_BYTES);
            if (start >= file.length()) {
                return List.of();
            }
            byte[] bytes = new byte[(int) (file.length() - start)];
            file.seek(start);
            file.readFully(bytes);
            List<String> lines =
                    new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()).stream()
                    .map(line -> line.length() > LINE_LIMIT ? line.substring(0, LINE_LIMIT) + "..." : line)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
