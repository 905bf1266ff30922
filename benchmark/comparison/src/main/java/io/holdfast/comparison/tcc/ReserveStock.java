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

/** The action of the goods. */
@LocalTCC
@Component
@Profile(ComparisonApplication.STOCK)
public class ReserveStock {

    private static final String ORDER_ID = "orderId";
    private static final String SKU = "sku";
    private static final String QUANTITY = "quantity";

    private final Ledger ledger;

    ReserveStock(JdbcTemplate sql) {
        this.ledger = new Ledger(sql);
    }

    @TwoPhaseBusinessAction(
            name = "comparison.stock",
            commitMethod = "confirm",
            rollbackMethod = "cancel",
            useTCCFence = true)
    public boolean reserve(
            @Nullable BusinessActionContext context,
            Order order,
            @BusinessActionContextParameter(ORDER_ID) String orderId,
            @BusinessActionContextParameter(SKU) String sku,
            @BusinessActionContextParameter(QUANTITY) int quantity) {
        ledger.reserve(order);
        return true;
    }

    public boolean confirm(BusinessActionContext context) {
        ledger.sell(text(context, ORDER_ID), text(context, SKU), Integer.parseInt(text(context, QUANTITY)));
        return true;
    }

    public boolean cancel(BusinessActionContext context) {
        ledger.release(text(context, ORDER_ID), text(context, SKU), Integer.parseInt(text(context, QUANTITY)));
        return true;
    }

    private static String text(BusinessActionContext context, String name) {
        return String.valueOf(context.getActionContext(name));
    }
}
