package io.holdfast.order.model;

import java.time.Clock;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * UUIDs of version 7: the milliseconds first, then 74 random bits. New orders are inserted at the end of their table and not all
 * over it, and nobody can guess another buyer's id.
 */
public final class TimeOrderedIds implements OrderIds {

    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final Clock clock;
    private final RandomGenerator random;

    public TimeOrderedIds(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    @Override
    public OrderId next() {
        long most = clock.millis() << 16 | VERSION_7 | random.nextLong() & 0xfffL;
        long least = VARIANT | random.nextLong() >>> 2;
        return new OrderId(new UUID(most, least).toString());
    }
}
