package io.holdfast.payment.capture;

import io.holdfast.payment.model.PaymentStatus;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of {@code payment} and {@code order_claim}. Every change names what it starts from and answers how many rows it found.
 */
@Mapper
interface PaymentMapper {

    /** @throws org.springframework.dao.DuplicateKeyException if the order has a live payment already */
    @Insert("insert into order_claim (order_id, xid, branch_id) values (#{orderId}, #{xid}, #{branchId})")
    int claim(String orderId, String xid, long branchId);

    @Delete("""
            delete from order_claim
            where order_id = #{orderId} and xid = #{xid} and branch_id = #{branchId}
            """)
    int unclaim(String orderId, String xid, long branchId);

    @Select("""
            select order_id
            from payment where xid = #{xid} and branch_id = #{branchId}
            order by order_id
            """)
    List<String> ordersOf(String xid, long branchId);

    @Insert("""
            insert into payment
                (xid, branch_id, order_id, buyer_id, amount, currency, method, status, created_at)
            values (#{xid}, #{branchId}, #{orderId}, #{buyerId}, #{amount}, #{currency}, #{method}, #{status}, #{createdAt})
            """)
    int insertOpen(PaymentRow payment);

    /** All payments of a branch that are in one status go to the next. */
    @Update("""
            update payment set status = #{next}, decided_at = #{now}
            where xid = #{xid} and branch_id = #{branchId} and status = #{from}
            """)
    int decide(String xid, long branchId, PaymentStatus from, PaymentStatus next, LocalDateTime now);

    /** @param reason only, and always, if it is given up */
    @Update("""
            update payment set status = #{next}, decided_at = #{now}, reason = #{reason}
            where xid = #{xid} and branch_id = #{branchId} and order_id = #{orderId} and status = #{from}
            """)
    int decideOne(
            String xid,
            long branchId,
            String orderId,
            PaymentStatus from,
            PaymentStatus next,
            @Nullable String reason,
            LocalDateTime now);

    /** When it was decided stays what it was. */
    @Update("""
            update payment set status = #{next}, refunded_at = #{now}
            where xid = #{xid} and branch_id = #{branchId} and order_id = #{orderId} and status = #{from}
            """)
    int refund(String xid, long branchId, String orderId, PaymentStatus from, PaymentStatus next, LocalDateTime now);

    /** All payments of a branch, whatever their status, by buyer. */
    @Select("""
            select buyer_id, sum(amount) as amount, count(*) as payments
            from payment where xid = #{xid} and branch_id = #{branchId}
            group by buyer_id
            """)
    List<BuyerSum> sums(String xid, long branchId);

    /** The live payments of the orders. */
    @Select("""
            <script>
            select p.xid, p.branch_id, p.order_id, p.buyer_id, p.amount, p.currency, p.method, p.status,
                p.created_at, p.decided_at, p.reason, p.refunded_at
            from order_claim c
            join payment p on p.xid = c.xid and p.branch_id = c.branch_id and p.order_id = c.order_id
            where c.order_id in
            <foreach collection="orderIds" item="orderId" open="(" separator="," close=")">#{orderId}</foreach>
            </script>
            """)
    List<PaymentRow> findLive(Collection<String> orderIds);

    /** The live payment of an order, or else the one that was released last. */
    @Select("""
            select xid, branch_id, order_id, buyer_id, amount, currency, method, status, created_at, decided_at, reason,
                refunded_at
            from payment where order_id = #{orderId}
            order by status = 'RELEASED', created_at desc, branch_id desc limit 1
            """)
    Optional<PaymentRow> findCurrent(String orderId);

    /** One range of the primary key: the payments of a global transaction are few more than those that are asked for. */
    @Select("""
            <script>
            select order_id, status, reason
            from payment force index (primary) where xid = #{xid} and order_id in
            <foreach collection="orderIds" item="orderId" open="(" separator="," close=")">#{orderId}</foreach>
            </script>
            """)
    List<OrderStatus> statuses(String xid, Collection<String> orderIds);
}
