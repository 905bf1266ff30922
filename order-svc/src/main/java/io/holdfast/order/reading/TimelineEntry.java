package io.holdfast.order.reading;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One thing that happened to an order. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TimelineEntry(
        @Schema(example = "stock-svc") String service,

        @Schema(description = "The TCC action, or `order` for an event of the order itself", example = "stock.reserve")
        String action,

        @Schema(description = "Missing for an event of the order itself") @Nullable
        Phase phase,

        @Schema(
                description =
                        "Of an action: TRIED, COMMITTED, ROLLBACKED, or SUSPENDED: a Cancel whose Try never took effect,"
                                + " because it was refused or came too late. Of the order: RECEIVED, PAID, REJECTED.",
                example = "COMMITTED")
        String outcome,

        @Nullable String xid,

        @Schema(description = "The coordinator's id of the branch") @Nullable
        String branchId,

        Instant at,

        @Schema(description = "Since the order was received; a service's clock may differ a little", example = "17")
        long millis,

        @Schema(description = "How often a Confirm or Cancel was tried in vain") @Nullable
        Integer attempts,

        @Schema(description = "Why it last was") @Nullable String lastError,

        @Schema(description = "Why the order was rejected") @Nullable
        String reason) {

    enum Phase {
        TRY,
        CONFIRM,
        CANCEL
    }
}
