package io.holdfast.load.seckill;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who comes to a flash sale, and how fast.
 *
 * @param buyers who come at least once
 * @param stock pieces that there are, and the quota of the sale
 * @param arrivals of all buyers together: one who comes again counts again
 * @param lasting how long they keep coming, evenly
 */
record Crowd(int buyers, int stock, int arrivals, Duration lasting) {

    static final int MAX_BUYERS = 200_000;
    static final int MAX_STOCK = 1_000_000;
    static final int MAX_ARRIVALS = 20_000_000;
    static final int MAX_MINUTES = 24 * 60;

    /** Without a rate all come within so many seconds. */
    private static final int RUSH_SECONDS = 10;

    Crowd {
        require("--buyers", buyers, MAX_BUYERS);
        require("--stock", stock, MAX_STOCK);
        require("the arrivals of all buyers (--rate and --minutes)", arrivals, MAX_ARRIVALS);
        if (arrivals < buyers) {
            throw new IllegalArgumentException(
                    "not everybody would come: " + arrivals + " arrivals for " + buyers + " buyers");
        }
    }

    /**
     * @param rate arrivals a second; null: all buyers within ten seconds
     * @param minutes how long buyers come again and again; null: each comes once
     */
    static Crowd of(int buyers, int stock, @Nullable Integer rate, @Nullable Integer minutes) {
        require("--buyers", buyers, MAX_BUYERS);
        int perSecond = rate == null ? Math.max(1, buyers / RUSH_SECONDS) : rate;
        require("--rate", perSecond, MAX_ARRIVALS);
        if (minutes == null) {
            return new Crowd(buyers, stock, buyers, Duration.ofMillis(1_000L * buyers / perSecond));
        }
        require("--minutes", minutes, MAX_MINUTES);
        long arrivals = 60L * minutes * perSecond;
        return new Crowd(buyers, stock, (int) Math.min(arrivals, MAX_ARRIVALS + 1L), Duration.ofMinutes(minutes));
    }

    /** How many of them can and must get a piece. */
    int winners() {
        return Math.min(buyers, stock);
    }

    private static void require(String what, long value, long most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(what + " must be 1 to " + most);
        }
    }
}
