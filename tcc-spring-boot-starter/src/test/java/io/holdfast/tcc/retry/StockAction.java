package io.holdfast.tcc.retry;

import io.holdfast.tcc.EmptyRollbackHook;
import java.util.Map;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A little business: goods go from available to reserved (Try), and from there to sold (Confirm) or back (Cancel). Every
 * effect leaves a row of its own too, so that one that happened twice is seen. Public, because Seata's phase two asks for it.
 */
public class StockAction implements EmptyRollbackHook {

    static final String NAME = "stock.reserve";
    static final int QUANTITY = 2;

    private final JdbcTemplate jdbc;
    private volatile Disturbance disturbance = (operation, context) -> {};

    StockAction(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** What else happens in an operation, after its SQL and before its end. */
    interface Disturbance {
        void at(Operation operation, BusinessActionContext context) throws Exception;
    }

    enum Operation {
        TRY,
        CONFIRM,
        CANCEL,
        EMPTY_ROLLBACK
    }

    void disturb(Disturbance disturbance) {
        this.disturbance = disturbance;
    }

    String reserve(BusinessActionContext context, String sku) throws Exception {
        changeOne("""
                update stock set available = available - ?, reserved = reserved + ? where sku = ? and available >= ?
                """, QUANTITY, QUANTITY, sku, QUANTITY);
        jdbc.update(
                "insert into reservation (xid, branch_id, sku, quantity) values (?, ?, ?, ?)",
                context.getXid(),
                context.getBranchId(),
                sku,
                QUANTITY);
        tookEffect(Operation.TRY, context);
        return "reserved " + sku;
    }

    public boolean sell(BusinessActionContext context) throws Exception {
        Map<String, Object> reservation = reservationOf(context);
        changeOne(
                "update stock set reserved = reserved - ?, sold = sold + ? where sku = ?",
                reservation.get("quantity"),
                reservation.get("quantity"),
                reservation.get("sku"));
        tookEffect(Operation.CONFIRM, context);
        return true;
    }

    public boolean release(BusinessActionContext context) throws Exception {
        Map<String, Object> reservation = reservationOf(context);
        changeOne(
                "update stock set reserved = reserved - ?, available = available + ? where sku = ?",
                reservation.get("quantity"),
                reservation.get("quantity"),
                reservation.get("sku"));
        tookEffect(Operation.CANCEL, context);
        return true;
    }

    /** A Confirm that does not throw, and says no. */
    public boolean refuse(BusinessActionContext context) throws Exception {
        return !sell(context);
    }

    @Override
    public void onEmptyRollback(BusinessActionContext context) {
        try {
            tookEffect(Operation.EMPTY_ROLLBACK, context);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> reservationOf(BusinessActionContext context) {
        return jdbc.queryForMap(
                "select sku, quantity from reservation where xid = ? and branch_id = ?",
                context.getXid(),
                context.getBranchId());
    }

    private void tookEffect(Operation operation, BusinessActionContext context) throws Exception {
        jdbc.update(
                "insert into effect (xid, branch_id, operation) values (?, ?, ?)",
                context.getXid(),
                context.getBranchId(),
                operation.name());
        disturbance.at(operation, context);
    }

    private void changeOne(String sql, Object... arguments) {
        int rows = jdbc.update(sql, arguments);
        if (rows != 1) {
            throw new IllegalStateException("Changed " + rows + " rows: " + sql);
        }
    }
}
