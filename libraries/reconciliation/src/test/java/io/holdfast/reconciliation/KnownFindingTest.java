package io.holdfast.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class KnownFindingTest {

    /** People's scripts read it. */
    @Test
    void itsJsonKeepsItsNames() {
        Instant at = Instant.parse("2026-03-01T10:00:00Z");
        KnownFinding finding =
                new KnownFinding("parts", "order-1", FindingState.OPEN, "still held", at, at, 2, at, "released", null);

        assertThat(JsonMapper.builder().build().valueToTree(finding).propertyNames())
                .containsExactlyInAnyOrder(
                        "check",
                        "subject",
                        "state",
                        "detail",
                        "firstSeen",
                        "lastSeen",
                        "timesSeen",
                        "mendedAt",
                        "mend",
                        "closedAt");
    }
}
