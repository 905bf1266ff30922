package io.holdfast.order.downstream;

import io.holdfast.order.downstream.PaymentClient.Amount;
import io.holdfast.order.downstream.PaymentClient.Authorization;
import io.holdfast.order.downstream.PaymentClient.OutcomesOf;
import io.holdfast.order.downstream.PaymentClient.PaymentToOpen;
import io.holdfast.order.downstream.PaymentClient.PaymentsToOpen;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.PaymentMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** payment-svc, as far as placing an order goes. */
@Component
public class Payments {

    private static final String CAPTURED = "CAPTURED";
    private static final String GIVEN_UP = "GIVEN_UP";
    private static final String NO_REASON = "The payment was given up.";

    private final PaymentClient client;
    private final TryCall tryCall = new TryCall("payment-svc");

    Payments(PaymentClient client) {
        this.client = client;
    }

    /**
     * Opens the payments of all orders, or of none. Call it inside a global transaction, outside any local one.
     *
     * @param orders all paid in the same way
     */
    public TryAnswer open(List<Order> orders) {
        PaymentMethod method = orders.get(0).purchase().method();
        PaymentsToOpen payments = new PaymentsToOpen(
                method == PaymentMethod.WALLET ? null : method.name(),
                orders.stream().map(Payments::payment).toList());
        return tryCall.make(orders, () -> client.open(payments).opened());
    }

    /**
     * Holds the amount of an order, whose payment is open, on a card. Call it inside the same global transaction, after the
     * Tries of all downstream services: what is held without a decision has to be undone at the gateway.
     */
    public TryAnswer authorize(Order order, CardToken card) {
        Authorization authorization = new Authorization(order.id().value(), card.value());
        return tryCall.make(List.of(order), () -> {
            String authorized = client.authorize(authorization).orderId();
            return authorized == null ? null : List.of(authorized);
        });
    }

    /** Asks in one call what became of the payments of a global transaction. */
    public CaptureAnswer askForCaptures(String xid, List<OrderId> orders) {
        List<String> ids = orders.stream().map(OrderId::value).toList();
        try {
            var outcomes = client.outcomes(new OutcomesOf(xid, ids)).outcomes();
            if (outcomes == null) {
                return new CaptureAnswer.Waiting("payment-svc answered without outcomes");
            }
            Map<String, PaymentClient.Outcome> byOrder = outcomes.stream()
                    .filter(outcome -> outcome != null && outcome.orderId() != null && outcome.outcome() != null)
                    .collect(Collectors.toMap(
                            PaymentClient.Outcome::orderId, Function.identity(), (first, second) -> second));
            return captureAnswer(orders, byOrder);
        } catch (DownstreamProblemException e) {
            return new CaptureAnswer.Waiting("payment-svc " + e.getMessage());
        } catch (RuntimeException e) {
            return new CaptureAnswer.Waiting("payment-svc did not answer: " + e);
        }
    }

    /** What is neither captured nor given up, whatever word payment-svc has for it, is waited for. */
    private static CaptureAnswer captureAnswer(List<OrderId> orders, Map<String, PaymentClient.Outcome> byOrder) {
        Map<OrderId, String> givenUp = new LinkedHashMap<>();
        String waitingFor = null;
        for (OrderId order : orders) {
            PaymentClient.Outcome found = byOrder.get(order.value());
            String outcome = found == null ? "not known" : found.outcome();
            if (GIVEN_UP.equals(outcome)) {
                givenUp.put(order, found.reason() == null || found.reason().isBlank() ? NO_REASON : found.reason());
            } else if (!CAPTURED.equals(outcome) && waitingFor == null) {
                waitingFor = "the payment of order " + order + " is " + outcome;
            }
        }
        return waitingFor == null ? new CaptureAnswer.Settled(givenUp) : new CaptureAnswer.Waiting(waitingFor, givenUp);
    }

    private static PaymentToOpen payment(Order order) {
        return new PaymentToOpen(
                order.id().value(),
                order.purchase().buyer().value(),
                new Amount(order.total().minor(), order.total().currency()));
    }

    /** What became of the payments that were asked for. */
    public sealed interface CaptureAnswer {

        /** The orders whose payment is given up for good, with the reason. That is certain, whatever becomes of the others. */
        Map<OrderId, String> givenUp();

        /** Why the others cannot be confirmed yet, for the branch's last error; empty if they are captured. */
        Optional<String> waitingFor();

        /** All others are captured. */
        record Settled(Map<OrderId, String> givenUp) implements CaptureAnswer {

            @Override
            public Optional<String> waitingFor() {
                return Optional.empty();
            }
        }

        /** Some are not captured yet, or nobody knows. */
        record Waiting(String why, Map<OrderId, String> givenUp) implements CaptureAnswer {

            Waiting(String why) {
                this(why, Map.of());
            }

            @Override
            public Optional<String> waitingFor() {
                return Optional.of(why);
            }
        }
    }
}
