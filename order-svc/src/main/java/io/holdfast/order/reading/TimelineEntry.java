package io.holdfast.order.reading;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One thing that happened to an order. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TimelineEntry(
        @Schema(example = "stock-svc") String service,

        @Schema(
                description =
                        "The TCC action, `order` for an event of the order itself, `order.cancellation`: somebody wanted it"
                                + " to be cancelled, `stock.release`: the goods of a closed order were released, or"
                                + " `payment.refund`: its money was given back, or is owed for certain",
                example = "stock.reserve")
        String action,

        @Schema(description = "Missing for an event of the order itself") @Nullable
        Phase phase,

        @Schema(
                description =
                        "Of an action: TRIED, COMMITTED, ROLLBACKED, GIVEN_UP, or SUSPENDED: a Cancel whose Try never took"
                                + " effect, because it was refused or came too late. FAILED: one attempt that did not"
                                + " succeed. SCHEDULED: decided, and to be attempted at `nextDueAt`; PAUSED: so, but not"
                                + " before people resume the action; PARKED: waits for a person. Of the order: RECEIVED,"
                                + " PAID, CLOSING, CLOSED, REJECTED. Of `order.cancellation`: ASKED. Of `stock.release`:"
                                + " RELEASED. Of `payment.refund`: REFUNDED.",
                example = "COMMITTED")
        String outcome,

        @Nullable String xid,

        @Schema(description = "The coordinator's id of the branch") @Nullable
        String branchId,

        Instant at,

        @Schema(description = "Since the order was received; a service's clock may differ a little", example = "17")
        long millis,

        @Schema(description = "How often a Confirm, Cancel or give-up had been tried in vain by then") @Nullable
        Integer attempts,

        @Schema(
                description =
                        "That it was, for programs: `confirm-delayed`, `cancel-delayed` or `give-up-delayed`. It is attempted again"
                                + " by itself, or waits for a person if the outcome is PARKED",
                example = "confirm-delayed",
                allowableValues = {"confirm-delayed", "cancel-delayed", "give-up-delayed"})
        @Nullable
        String errorCode,

        @Schema(description = "Why it last was, in words that name machines and orders: for operators only") @Nullable
        String lastError,

        @Schema(
                description =
                        "Of FAILED: when the next attempt was due, as it looked then. Of SCHEDULED and PAUSED: when"
                                + " the next one is due; while one is being made, when another instance takes it over")
        @Nullable
        Instant nextDueAt,

        @Schema(
                description =
                        "Why the order was rejected or closed, a code and a sentence, or is to be cancelled. Why a payment was given"
                                + " up is told in words to operators only")
        @Nullable
        String reason) {

    enum Phase {
        TRY,
        CONFIRM,
        CANCEL,
        GIVE_UP;

        /** What a buyer sees of an attempt that failed. */
        @Nullable
        String errorCode() {
            return switch (this) {
                case TRY -> null;
                case CONFIRM -> "confirm-delayed";
                case CANCEL -> "cancel-delayed";
                case GIVE_UP -> "give-up-delayed";
            };
        }
    }
}
