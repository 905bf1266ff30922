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

/** The action of the money. */
@LocalTCC
@Component
@Profile(ComparisonApplication.PAYMENT)
public class OpenPayment {

    private static final String ORDER_ID = "orderId";
    private static final String ACCOUNT = "account";
    private static final String AMOUNT = "amount";

    private final Ledger ledger;

    OpenPayment(JdbcTemplate sql) {
        this.ledger = new Ledger(sql);
    }

    @TwoPhaseBusinessAction(
            name = "comparison.payment",
            commitMethod = "confirm",
            rollbackMethod = "cancel",
            useTCCFence = true)
    public boolean open(
            @Nullable BusinessActionContext context,
            Order order,
            @BusinessActionContextParameter(ORDER_ID) String orderId,
            @BusinessActionContextParameter(ACCOUNT) String account,
            @BusinessActionContextParameter(AMOUNT) long amountMinor) {
        ledger.freeze(order);
        return true;
    }

    public boolean confirm(BusinessActionContext context) {
        ledger.spend(text(context, ORDER_ID), text(context, ACCOUNT), Long.parseLong(text(context, AMOUNT)));
        return true;
    }

    public boolean cancel(BusinessActionContext context) {
        ledger.thaw(text(context, ORDER_ID), text(context, ACCOUNT), Long.parseLong(text(context, AMOUNT)));
        return true;
    }

    private static String text(BusinessActionContext context, String name) {
        return String.valueOf(context.getActionContext(name));
    }
}
