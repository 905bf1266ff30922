package io.holdfast.tcc.fence;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the fence's tables hold times and texts. */
public final class FenceColumns {

    private static final int TEXT_LENGTH = 1000;

    private FenceColumns() {}

    /** To the millisecond, which is what the columns hold: a claim is recognised by its time. */
    public static LocalDateTime utc(Instant instant) {
        return LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MILLIS), ZoneOffset.UTC);
    }

    public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        LocalDateTime time = row.getObject(column, LocalDateTime.class);
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
    }

    public static Instant requireInstant(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(instant(row, column), column);
    }

    /** What the column holds of it: PostgreSQL takes no NUL, and half a surrogate pair is no character. */
    public static String text(String written) {
        String text = written.replace('\0', ' ');
        if (text.length() <= TEXT_LENGTH) {
            return text;
        }
        boolean cutsAPair = Character.isHighSurrogate(text.charAt(TEXT_LENGTH - 1));
        return text.substring(0, cutsAPair ? TEXT_LENGTH - 1 : TEXT_LENGTH);
    }
}
