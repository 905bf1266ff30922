package io.holdfast.payment.capture;

import io.holdfast.edge.ProblemException;
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
    private final BranchHistory branches;

    PaymentResource(PaymentMapper payments, BranchHistory branches) {
        this.payments = payments;
        this.branches = branches;
    }

    @Operation(summary = "The payment of an order: the live one, or else the one that was released last")
    @GetMapping("/payments")
    PaymentBody payment(
            @Parameter(schema = @Schema(type = "string", pattern = OrderId.FORM)) @RequestParam OrderId orderId) {
        PaymentRow row = payments.findCurrent(orderId.value())
                .orElseThrow(() -> new ProblemException(
                        HttpStatus.NOT_FOUND, "unknown-payment", "There is no payment of this order."));
        return PaymentBody.of(row, failedAttempts(row));
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
     * @param gatewayId null for a payment that needs no gateway
     * @param attempts how often capturing or releasing failed and had to be tried again
     * @param decidedAt when it was captured or released; null as long as it is open
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
            @Nullable Instant decidedAt) {

        static PaymentBody of(PaymentRow row, int attempts) {
            LocalDateTime decidedAt = row.decidedAt();
            return new PaymentBody(
                    row.orderId(),
                    row.buyerId(),
                    row.method(),
                    row.status(),
                    null,
                    attempts,
                    new Money(row.amount(), row.currency()),
                    row.createdAt().toInstant(ZoneOffset.UTC),
                    decidedAt == null ? null : decidedAt.toInstant(ZoneOffset.UTC));
        }
    }
}
