package io.holdfast.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TryMemoryTest {

    private static final String XID = "10.0.0.1:8091:7001";

    private final TryMemory<String> memory = new TryMemory<>();

    @Test
    void recallsWhatTheTryOfTheSameBranchNoted() {
        memory.note(XID, 1, "two of sku-1");

        assertThat(memory.recall(XID, 1)).contains("two of sku-1");
        assertThat(memory.recall(XID, 2)).isEmpty();
        assertThat(memory.recall("10.0.0.1:8091:7002", 1)).isEmpty();
    }

    @Test
    void forgetsWhatWasTaken() {
        memory.note(XID, 1, "two of sku-1");

        assertThat(memory.take(XID, 1)).contains("two of sku-1");
        assertThat(memory.take(XID, 1)).isEmpty();
        assertThat(memory.recall(XID, 1)).isEmpty();
    }

    @Test
    void doesNotGrowWithoutBoundWhenNobodyAsks() {
        LongStream.range(0, 50_000).forEach(branch -> memory.note(XID, branch, "x"));

        Awaitility.await().untilAsserted(() -> assertThat(LongStream.range(0, 50_000)
                        .filter(branch -> memory.recall(XID, branch).isPresent()))
                .hasSizeLessThanOrEqualTo(1_000));
    }
}
