package io.holdfast.tcc.fence;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.transaction.TransactionDefinition;

/**
 * Settings {@code holdfast.tcc.fence.*}.
 *
 * @param isolation isolation of the local transactions of Try, Confirm and Cancel, whatever the data source's default is
 * @param retention how long final rows are kept; a Try that is later than this is not refused any more, and the history of a
 *     branch is gone with its row
 * @param cleanInterval time between two runs of the cleaner
 * @param cleanChunk rows that are deleted in one local transaction
 */
public record FenceProperties(
        @DefaultValue("READ_COMMITTED") @NotNull Isolation isolation,

        @DefaultValue("7d") @NotNull @DurationMin(minutes = 10)
        Duration retention,

        @DefaultValue("10m") @NotNull @DurationMin(seconds = 1)
        Duration cleanInterval,

        @DefaultValue("500") @Min(1) @Max(10_000) int cleanChunk) {

    /** The two levels that the fence is tested under. */
    public enum Isolation {
        READ_COMMITTED(TransactionDefinition.ISOLATION_READ_COMMITTED),
        REPEATABLE_READ(TransactionDefinition.ISOLATION_REPEATABLE_READ);

        private final int springValue;

        Isolation(int springValue) {
            this.springValue = springValue;
        }

        public int springValue() {
            return springValue;
        }
    }
}
