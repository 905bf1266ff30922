package io.holdfast.payment.capture;

import io.holdfast.payment.capture.OpeningOutcome.Busy;
import io.holdfast.payment.capture.OpeningOutcome.Opened;
import io.holdfast.payment.capture.OpeningOutcome.Refused;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/**
 * Looks for payments of the orders before a Try is made. Every call of a Try registers a branch of its own, so the fence cannot
 * know a repeated one; the order ids can.
 */
@Component
class PaymentDesk {

    private static final Logger log = LoggerFactory.getLogger(PaymentDesk.class);

    /** Seata fills in the context of the branch that it registers. */
    private static final @Nullable BusinessActionContext TO_BE_FILLED_IN = null;

    private final PaymentMapper payments;
    private final OpenPayments action;

    PaymentDesk(PaymentMapper payments, OpenPayments action) {
        this.payments = payments;
        this.action = action;
    }

    OpeningOutcome open(List<PaymentRequest> orders) {
        String xid = RootContext.getXID();
        List<PaymentRow> live = payments.findLive(
                orders.stream().map(order -> order.order().value()).toList());
        if (!live.isEmpty()) {
            return isRepeated(xid, orders, live)
                    ? new Opened()
                    : new Busy(
                            live.stream().map(row -> new OrderId(row.orderId())).toList());
        }
        try {
            action.open(TO_BE_FILLED_IN, orders);
            return new Opened();
        } catch (PaymentsRefusedException refused) {
            return new Refused(refused.refusals());
        } catch (DuplicateKeyException e) {
            // Somebody opened one of them after the look; the unique key is what stands.
            log.info("A payment of the same order was opened at the same time, xid {}", xid);
            return new Busy(List.of());
        }
    }

    private static boolean isRepeated(@Nullable String xid, List<PaymentRequest> orders, List<PaymentRow> live) {
        Map<String, PaymentRow> byOrder =
                live.stream().collect(Collectors.toMap(PaymentRow::orderId, Function.identity()));
        return orders.stream().allMatch(order -> {
            PaymentRow row = byOrder.get(order.order().value());
            return row != null && row.xid().equals(xid) && row.isFor(order);
        });
    }
}
