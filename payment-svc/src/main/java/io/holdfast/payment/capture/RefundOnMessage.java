package io.holdfast.payment.capture;

import io.holdfast.message.IncomingMessage;
import io.holdfast.message.MessageHandler;
import io.holdfast.payment.account.Funds;
import io.holdfast.payment.card.Charges;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.OrderId;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Refunds a paid order that was cancelled, when order-svc asks for it. Wallet money goes back to the buyer's account at once; a card
 * refund is scheduled and carried out at the gateway later. Either way the refund is certain when the message is answered. As
 * everywhere, payments are changed first and the account last.
 */
@Component
class RefundOnMessage implements MessageHandler {

    private static final Logger log = LoggerFactory.getLogger(RefundOnMessage.class);
    private static final String CANCELLED = "cancelled";
    private static final String REFUNDED = "REFUNDED";
    private static final String NOTHING_TAKEN = "NOTHING_TAKEN";

    private final PaymentRepository payments;
    private final Funds funds;
    private final Charges charges;
    private final JsonMapper json;
    private final Clock clock;

    RefundOnMessage(PaymentRepository payments, Funds funds, Charges charges, JsonMapper json, Clock clock) {
        this.payments = payments;
        this.funds = funds;
        this.charges = charges;
        this.json = json;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "refund-payment";
    }

    @Override
    public String topic() {
        return "holdfast.payment.refund";
    }

    @Override
    public String resultTopic() {
        return "holdfast.payment.refund.results";
    }

    @Override
    public Set<String> senders() {
        return Set.of("order-svc");
    }

    @Override
    public String handle(IncomingMessage message) {
        Request request = json.readValue(message.payload(), Request.class);
        if (request.orderId() == null) {
            throw new IllegalArgumentException("Message " + message.id() + " names no order");
        }
        if (!request.orderId().equals(message.key())) {
            throw new IllegalArgumentException("Message " + message.id() + " bears the key of another order");
        }
        // The only reason for which order-svc asks for a refund. Its request to release goods has the same form.
        if (!CANCELLED.equals(request.reason())) {
            throw new IllegalArgumentException(
                    "Message " + message.id() + " asks for a refund, and not because its order was cancelled");
        }
        OrderId order = new OrderId(request.orderId());
        // The order was PAID, so there must be one. Money is not given up on a guess: the message comes again, and in
        // the end a person sees it.
        PaymentRow payment = payments.current(order)
                .orElseThrow(() -> new IllegalStateException("There is no payment of order " + order));
        return json.writeValueAsString(refund(payment));
    }

    private Result refund(PaymentRow payment) {
        return switch (payment.status()) {
            case CAPTURED -> giveBack(payment);
            case REFUNDED ->
                new Result(payment.orderId(), REFUNDED, instant(Objects.requireNonNull(payment.refundedAt())));
            case RELEASED, GIVEN_UP -> {
                log.warn(
                        "There is nothing to refund for order {}: its payment is {}",
                        payment.orderId(),
                        payment.status());
                yield new Result(payment.orderId(), NOTHING_TAKEN, clock.instant());
            }
            // Its Confirm may still come, so nothing can be said yet.
            case OPEN ->
                throw new IllegalStateException("The payment of order " + payment.orderId() + " is still open");
        };
    }

    private Result giveBack(PaymentRow payment) {
        LocalDateTime refundedAt = payments.refund(payment);
        switch (payment.method()) {
            case WALLET -> funds.refund(new BuyerId(payment.buyerId()), payment.amount());
            case CARD -> charges.scheduleRefund(payment.xid(), payment.branchId(), payment.orderId());
        }
        log.info(
                "The payment of order {} is REFUNDED: {} {} by {}",
                payment.orderId(),
                payment.amount(),
                payment.currency(),
                payment.method());
        return new Result(payment.orderId(), REFUNDED, instant(refundedAt));
    }

    private static Instant instant(LocalDateTime utc) {
        return utc.toInstant(ZoneOffset.UTC);
    }

    private record Request(
            @Nullable String orderId, @Nullable String reason) {}

    /** @param at when the money was given back or became owed */
    private record Result(String orderId, String outcome, Instant at) {}
}
