package io.holdfast.comparison.tcc;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Ledger;
import io.holdfast.comparison.Order;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.BusinessActionContextParameter;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The action of the order. */
@LocalTCC
@Component
@Profile(ComparisonApplication.ORDER)
public class PlaceOrder {

    private static final String ORDER_ID = "orderId";

    private final Ledger ledger;

    PlaceOrder(JdbcTemplate sql) {
        this.ledger = new Ledger(sql);
    }

    @TwoPhaseBusinessAction(
            name = "comparison.order",
            commitMethod = "confirm",
            rollbackMethod = "cancel",
            useTCCFence = true)
    public boolean place(
            @Nullable BusinessActionContext context,
            Order order,
            @BusinessActionContextParameter(ORDER_ID) String orderId) {
        ledger.enter(order, "PLACED");
        return true;
    }

    public boolean confirm(BusinessActionContext context) {
        ledger.decide(orderOf(context), "PLACED", "PAID");
        return true;
    }

    public boolean cancel(BusinessActionContext context) {
        ledger.decide(orderOf(context), "PLACED", "REJECTED");
        return true;
    }

    private static String orderOf(BusinessActionContext context) {
        return String.valueOf(context.getActionContext(ORDER_ID));
    }
}
