package io.holdfast.payment.card;

import io.holdfast.payment.model.ChargeStatus;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of {@code card_charge} and {@code void_or_refund}. Every change names what it starts from and answers how many rows it
 * found.
 */
@Mapper
interface ChargeMapper {

    String CHARGE = """
            xid, branch_id, order_id, charge_key, amount, currency, card_fingerprint, status, gateway_id, refusal,
            created_at, changed_at
            """;

    /** Locks the payment, so that a concurrent release waits, and then sees the charge that was inserted. */
    @Select("""
            select xid, branch_id, order_id, amount, currency
            from payment force index (primary)
            where xid = #{xid} and order_id = #{orderId} and method = 'CARD' and status = 'OPEN'
            for update
            """)
    Optional<OpenCardPayment> lockOpenPayment(String xid, String orderId);

    @Select("""
            select count(*) from payment
            where xid = #{xid} and branch_id = #{branchId} and order_id = #{orderId} and status = 'OPEN'
            """)
    int countOpen(String xid, long branchId, String orderId);

    @Insert("""
            insert into card_charge
                (xid, branch_id, order_id, charge_key, amount, currency, card_fingerprint, status, created_at, changed_at)
            values (#{xid}, #{branchId}, #{orderId}, #{chargeKey}, #{amount}, #{currency}, #{cardFingerprint}, #{status},
                #{createdAt}, #{changedAt})
            """)
    int insert(ChargeRow charge);

    @Select("select " + CHARGE + " from card_charge where charge_key = #{chargeKey}")
    Optional<ChargeRow> find(String chargeKey);

    @Select("select " + CHARGE + """
            from card_charge where xid = #{xid} and branch_id = #{branchId} order by order_id
            """)
    List<ChargeRow> ofBranch(String xid, long branchId);

    /** The orders of a branch for which no call to the gateway was ever intended. */
    @Select("""
            select p.order_id
            from payment p
            left join card_charge c on c.xid = p.xid and c.branch_id = p.branch_id and c.order_id = p.order_id
            where p.xid = #{xid} and p.branch_id = #{branchId} and c.charge_key is null
            order by p.order_id
            """)
    List<String> ordersWithoutCharge(String xid, long branchId);

    @Update("""
            update card_charge set status = #{next}, gateway_id = coalesce(#{gatewayId}, gateway_id), refusal = #{refusal},
                changed_at = #{now}
            where charge_key = #{chargeKey} and status = #{from}
            """)
    int move(
            String chargeKey,
            ChargeStatus from,
            ChargeStatus next,
            @Nullable String gatewayId,
            @Nullable String refusal,
            LocalDateTime now);

    /**
     * A row that exists already stays as it is. The row count depends on a flag of the driver, so it is not returned. Only instances
     * of the version before read {@code due_at}.
     */
    @Insert("""
            insert into void_or_refund (charge_key, status, attempts, refusals, due_at, created_at)
            values (#{chargeKey}, 'DUE', 0, 0, #{now}, #{now})
            on duplicate key update charge_key = void_or_refund.charge_key
            """)
    void insertVoidOrRefund(String chargeKey, LocalDateTime now);

    /** Empty if there is none, or if it is settled. */
    @Select("""
            select charge_key, attempts, refusals, created_at
            from void_or_refund where charge_key = #{chargeKey} and status = 'DUE'
            """)
    Optional<PendingVoidOrRefund> findPending(String chargeKey);

    @Select("""
            select v.charge_key, v.due_at
            from void_or_refund v
            left join scheduled_tasks t on t.task_name = #{taskName} and t.task_instance = v.charge_key
            where v.status = 'DUE' and t.task_instance is null
            order by v.charge_key limit #{limit}
            """)
    List<VoidOrRefundSchedule.DueRecord> dueWithoutTask(String taskName, int limit);

    @Select("select count(*) as number, min(created_at) as oldest from void_or_refund where status = 'DUE'")
    VoidsAndRefundsDue totalDue();

    /** The number of refusals never decreases: a key that was refused stays refused. */
    @Update("""
            update void_or_refund set attempts = attempts + 1, refusals = greatest(refusals, #{refusals}), last_error = #{error}
            where charge_key = #{chargeKey} and status = 'DUE'
            """)
    int recordFailure(String chargeKey, int refusals, String error);

    @Update("""
            update void_or_refund set status = #{outcome}, attempts = attempts + 1, due_at = null, settled_at = #{now}
            where charge_key = #{chargeKey} and status = 'DUE'
            """)
    int settle(String chargeKey, VoidOrRefundOutcome outcome, LocalDateTime now);

    String AND_PAYMENT = """
            select c.charge_key, c.order_id, c.amount, c.currency, c.status, c.gateway_id, c.changed_at,
                p.status as payment, v.charge_key is not null as pending
            from card_charge c
            join payment p on p.xid = c.xid and p.branch_id = c.branch_id and p.order_id = c.order_id
            left join void_or_refund v on v.charge_key = c.charge_key and v.status = 'DUE'
            """;

    /** One page, in the order of the last change, after a position. */
    @Select(AND_PAYMENT + """
            where c.changed_at < #{before}
                and (c.changed_at > #{at} or c.changed_at = #{at} and c.charge_key > #{chargeKey})
            order by c.changed_at, c.charge_key limit #{limit}
            """)
    List<ChargeAndPayment> changedAfter(LocalDateTime at, String chargeKey, LocalDateTime before, int limit);

    @Select("<script>" + AND_PAYMENT + """
            where c.changed_at &lt; #{before} and c.charge_key in
            <foreach collection="chargeKeys" item="key" open="(" separator="," close=")">#{key}</foreach>
            </script>
            """)
    List<ChargeAndPayment> named(Collection<String> chargeKeys, LocalDateTime before);

    /** Those of the orders that have, or had, a charge. */
    @Select("""
            <script>
            select distinct order_id from card_charge where order_id in
            <foreach collection="orderIds" item="orderId" open="(" separator="," close=")">#{orderId}</foreach>
            </script>
            """)
    List<String> ordersWithCharge(Collection<String> orderIds);

    /** The orders of which a charge is still to be voided or refunded. */
    @Select("""
            <script>
            select distinct c.order_id
            from card_charge c
            join void_or_refund v on v.charge_key = c.charge_key and v.status = 'DUE'
            where c.order_id in
            <foreach collection="orderIds" item="orderId" open="(" separator="," close=")">#{orderId}</foreach>
            </script>
            """)
    List<String> findOwed(Collection<String> orderIds);

    @Select("""
            select gateway_id
            from card_charge where xid = #{xid} and branch_id = #{branchId} and order_id = #{orderId}
            """)
    @Nullable
    String findGatewayId(String xid, long branchId, String orderId);
}
