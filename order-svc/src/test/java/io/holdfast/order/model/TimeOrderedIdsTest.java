package io.holdfast.order.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TimeOrderedIdsTest {

    @Test
    void idsAreUuidsOfVersionSevenThatBearTheirTime() {
        UUID id = UUID.fromString(
                idsAt(Instant.ofEpochMilli(0x0123_4567_89abL)).next().value());

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.toString()).startsWith("01234567-89ab-7");
    }

    @Test
    void laterIdsSortBehindEarlierOnes() {
        OrderId earlier = idsAt(Instant.parse("2026-03-01T10:00:00.000Z")).next();
        OrderId later = idsAt(Instant.parse("2026-03-01T10:00:00.001Z")).next();

        assertThat(earlier).isLessThan(later);
    }

    @Test
    void idsOfOneMillisecondDiffer() {
        assertThat(Stream.generate(idsAt(Instant.EPOCH)::next).limit(1000)).doesNotHaveDuplicates();
    }

    private static OrderIds idsAt(Instant now) {
        return new TimeOrderedIds(Clock.fixed(now, ZoneOffset.UTC), new Random(1));
    }
}
