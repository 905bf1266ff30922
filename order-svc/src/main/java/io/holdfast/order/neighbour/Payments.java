package io.holdfast.order.neighbour;

import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.neighbour.PaymentClient.Amount;
import io.holdfast.order.neighbour.PaymentClient.OutcomesOf;
import io.holdfast.order.neighbour.PaymentClient.PaymentToOpen;
import io.holdfast.order.neighbour.PaymentClient.PaymentsToOpen;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** payment-svc, as far as placing an order goes. */
@Component
public class Payments {

    private static final String CAPTURED = "CAPTURED";

    private final PaymentClient client;
    private final TryCall tryCall = new TryCall("payment-svc");

    Payments(PaymentClient client) {
        this.client = client;
    }

    /** Opens the payments of all orders, or of none. Call it inside a global transaction, outside any local one. */
    public TryAnswer open(List<Order> orders) {
        PaymentsToOpen payments =
                new PaymentsToOpen(orders.stream().map(Payments::payment).toList());
        return tryCall.make(orders, () -> client.open(payments).opened());
    }

    /** Asks in one call what became of the payments of a global transaction. */
    public CaptureAnswer askForCaptures(String xid, List<OrderId> orders) {
        List<String> ids = orders.stream().map(OrderId::value).toList();
        try {
            var outcomes = client.outcomes(new OutcomesOf(xid, ids)).outcomes();
            if (outcomes == null) {
                return new CaptureAnswer.Waiting("payment-svc answered without outcomes");
            }
            Map<String, String> byOrder = outcomes.stream()
                    .filter(outcome -> outcome != null && outcome.orderId() != null && outcome.outcome() != null)
                    .collect(Collectors.toMap(
                            PaymentClient.Outcome::orderId, PaymentClient.Outcome::outcome, (first, second) -> second));
            return ids.stream()
                    .filter(id -> !CAPTURED.equals(byOrder.get(id)))
                    .findFirst()
                    .<CaptureAnswer>map(id -> new CaptureAnswer.Waiting(
                            "the payment of order " + id + " is " + byOrder.getOrDefault(id, "not known")))
                    .orElseGet(CaptureAnswer.AllCaptured::new);
        } catch (NeighbourProblemException e) {
            return new CaptureAnswer.Waiting("payment-svc " + e.getMessage());
        } catch (RuntimeException e) {
            return new CaptureAnswer.Waiting("payment-svc did not answer: " + e);
        }
    }

    private static PaymentToOpen payment(Order order) {
        return new PaymentToOpen(
                order.id().value(),
                order.purchase().buyer().value(),
                new Amount(order.total().minor(), order.total().currency()));
    }

    /** Whether all payments that were asked for are captured. */
    public sealed interface CaptureAnswer {

        record AllCaptured() implements CaptureAnswer {}

        /** @param why for the branch's last error */
        record Waiting(String why) implements CaptureAnswer {}
    }
}
