package io.holdfast.payment.capture;

import io.holdfast.payment.account.Funds;
import io.holdfast.payment.capture.OpeningOutcome.Busy;
import io.holdfast.payment.capture.OpeningOutcome.Opened;
import io.holdfast.payment.capture.OpeningOutcome.Refused;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentMethod;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.payment.model.Refusal;
import io.holdfast.tcc.TryRefusedException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Opens payments, after a look-up by business key. Every call of a Try registers a branch of its own, so the fence cannot recognise
 * a repeated request; the order ids can. An order that plainly cannot be paid is refused without a branch.
 */
@Component
class PaymentService {

    private static final Logger log = LoggerFactory.getLogger(PaymentService.class);

    /** Seata fills in the context of the branch that it registers. */
    private static final @Nullable BusinessActionContext TO_BE_FILLED_IN = null;

    private final PaymentMapper payments;
    private final Funds funds;
    private final OpenPayments action;
    private final OpenCardPayments cardAction;
    private final TransactionTemplate transaction;

    PaymentService(
            PaymentMapper payments,
            Funds funds,
            OpenPayments action,
            OpenCardPayments cardAction,
            PlatformTransactionManager transactionManager) {
        this.payments = payments;
        this.funds = funds;
        this.action = action;
        this.cardAction = cardAction;
        this.transaction = new TransactionTemplate(transactionManager);
    }

    /** @throws TryRefusedException if there is no global transaction that the request belongs to */
    OpeningOutcome open(List<PaymentRequest> orders, PaymentMethod method) {
        String xid = RootContext.getXID();
        if (xid == null) {
            throw new TryRefusedException.NoGlobalTransaction("payment.open");
        }
        // One transaction for all queries, or each would have its own.
        Optional<OpeningOutcome> foreseen =
                Objects.requireNonNull(transaction.execute(status -> foresee(xid, orders, method)));
        return foreseen.orElseGet(() -> tryToOpen(xid, orders, method));
    }

    /** @return empty if only a Try can decide */
    private Optional<OpeningOutcome> foresee(String xid, List<PaymentRequest> orders, PaymentMethod method) {
        List<PaymentRow> live = live(orders);
        if (!live.isEmpty()) {
            return Optional.of(isRepeated(xid, orders, method, live) ? new Opened() : busy(live));
        }
        return switch (method) {
            case WALLET -> {
                List<Refusal> refusals = funds.foresee(orders).refusals();
                yield refusals.isEmpty() ? Optional.empty() : Optional.of(new Refused(refusals));
            }
            case CARD -> Optional.empty();
        };
    }

    private OpeningOutcome tryToOpen(String xid, List<PaymentRequest> orders, PaymentMethod method) {
        try {
            switch (method) {
                case WALLET -> action.open(TO_BE_FILLED_IN, orders);
                case CARD -> cardAction.open(TO_BE_FILLED_IN, orders);
            }
            return new Opened();
        } catch (PaymentsRefusedException refused) {
            return new Refused(refused.refusals());
        } catch (DuplicateKeyException e) {
            // Another request opened one of them after the look-up, and its claim stands. Not even a concurrent
            // duplicate in the same global transaction gets a success: the coordinator would confirm the failed branch.
            log.info("Another payment of the same order came first, xid {}", xid);
            List<PaymentRow> winners = live(orders);
            if (winners.isEmpty()) {
                throw e;
            }
            return busy(winners);
        }
    }

    private List<PaymentRow> live(List<PaymentRequest> orders) {
        return payments.findLive(
                orders.stream().map(order -> order.order().value()).toList());
    }

    private static Busy busy(List<PaymentRow> live) {
        return new Busy(
                live.stream().map(row -> new OrderId(row.orderId())).sorted().toList());
    }

    private static boolean isRepeated(
            String xid, List<PaymentRequest> orders, PaymentMethod method, List<PaymentRow> live) {
        Map<String, PaymentRow> byOrder =
                live.stream().collect(Collectors.toMap(PaymentRow::orderId, Function.identity()));
        return orders.stream().allMatch(order -> {
            PaymentRow row = byOrder.get(order.order().value());
            return row != null && row.xid().equals(xid) && row.isFor(order, method);
        });
    }
}
