package io.holdfast.payment.capture;

import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.payment.card.Charges;
import io.holdfast.payment.model.Money;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentMethod;
import io.holdfast.payment.model.PaymentStatus;
import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.branch.BranchRecord;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Payments")
class PaymentResource {

    private final PaymentMapper payments;
    private final Charges charges;
    private final BranchHistory branches;

    PaymentResource(PaymentMapper payments, Charges charges, BranchHistory branches) {
        this.payments = payments;
        this.charges = charges;
        this.branches = branches;
    }

    @Operation(summary = "The payment of an order: the live one, or else the one that was released last")
    @GetMapping("/payments")
    PaymentBody payment(
            @Parameter(schema = @Schema(type = "string", pattern = OrderId.FORM)) @RequestParam OrderId orderId) {
        PaymentRow row = payments.findCurrent(orderId.value())
                .filter(payment -> AuthenticatedCaller.current().maySee(payment.buyerId()))
                .orElseThrow(() -> new ProblemException(
                        HttpStatus.NOT_FOUND, "unknown-payment", "There is no payment of this order."));
        String gatewayId =
                switch (row.method()) {
                    case WALLET -> null;
                    case CARD ->
                        charges.gatewayIdOf(row.xid(), row.branchId(), row.orderId())
                                .orElse(null);
                };
        return PaymentBody.of(row, gatewayId, failedAttempts(row), AuthenticatedCaller.current());
    }

    private int failedAttempts(PaymentRow row) {
        String branch = Long.toString(row.branchId());
        return branches.branchesOf(row.xid()).stream()
                .filter(record -> record.branchId().equals(branch))
                .mapToInt(BranchRecord::attempts)
                .findFirst()
                // The fence's row is cleaned away some time after the payment was decided.
                .orElse(0);
    }

    /**
     * @param gatewayId null for a payment that needs no gateway, and as long as the gateway has named no charge
     * @param attempts how often capturing or releasing failed and had to be tried again
     * @param decidedAt when it was captured, released or given up; null as long as it is open
     * @param reasonCode why it was given up: {@code refused} by the gateway, or {@code deadline}; null unless it was
     * @param reason the same in words, for operators only
     * @param refundedAt when it was given back to the buyer's account, or when it was written down that the gateway has to do so;
     *     null unless it was
     */
    record PaymentBody(
            String orderId,
            String buyerId,
            PaymentMethod method,
            PaymentStatus status,
            @Nullable String gatewayId,
            int attempts,
            Money amount,
            Instant createdAt,
            @Nullable Instant decidedAt,

            @Schema(
                    description =
                            "Why it was given up: `refused` by the gateway for good, or not done by its `deadline`",
                    allowableValues = {"refused", "deadline"})
            @Nullable
            String reasonCode,

            @Schema(description = "The same in words, for operators only") @Nullable
            String reason,

            @Nullable Instant refundedAt) {

        static PaymentBody of(PaymentRow row, @Nullable String gatewayId, int attempts, AuthenticatedCaller reader) {
            return new PaymentBody(
                    row.orderId(),
                    row.buyerId(),
                    row.method(),
                    row.status(),
                    gatewayId,
                    attempts,
                    new Money(row.amount(), row.currency()),
                    row.createdAt().toInstant(ZoneOffset.UTC),
                    instant(row.decidedAt()),
                    row.reasonCode(),
                    reader.operator() ? row.reason() : null,
                    instant(row.refundedAt()));
        }

        private static @Nullable Instant instant(@Nullable LocalDateTime utc) {
            return utc == null ? null : utc.toInstant(ZoneOffset.UTC);
        }
    }
}
