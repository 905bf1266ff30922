package io.holdfast.payment.capture;

import io.holdfast.payment.model.PaymentStatus;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The SQL of {@code payment}. Every change names the status it starts from and answers how many rows it found. */
@Mapper
interface PaymentMapper {

    /** @throws org.springframework.dao.DuplicateKeyException if one of the orders has a live payment already */
    @Insert("""
            <script>
            insert into payment
                (xid, branch_id, order_id, buyer_id, amount, currency, method, status, created_at)
            values
            <foreach collection="payments" item="payment" separator=",">
                (#{payment.xid}, #{payment.branchId}, #{payment.orderId}, #{payment.buyerId}, #{payment.amount},
                 #{payment.currency}, #{payment.method}, #{payment.status}, #{payment.createdAt})
            </foreach>
            </script>
            """)
    int insertOpen(List<PaymentRow> payments);

    /** All payments of a branch that are in one status go to the next. */
    @Update("""
            update payment set status = #{next}, decided_at = #{now}
            where xid = #{xid} and branch_id = #{branchId} and status = #{from}
            """)
    int decide(String xid, long branchId, PaymentStatus from, PaymentStatus next, LocalDateTime now);

    /** All payments of a branch, whatever their status, by buyer. */
    @Select("""
            select buyer_id, sum(amount) as amount, count(*) as payments
            from payment where xid = #{xid} and branch_id = #{branchId}
            group by buyer_id
            """)
    List<BuyerSum> sums(String xid, long branchId);

    @Select("""
            <script>
            select xid, branch_id, order_id, buyer_id, amount, currency, method, status, created_at, decided_at
            from payment where live_order_id in
            <foreach collection="orderIds" item="orderId" open="(" separator="," close=")">#{orderId}</foreach>
            </script>
            """)
    List<PaymentRow> findLive(Collection<String> orderIds);

    /** The live payment of an order, or else the one that was released last. */
    @Select("""
            select xid, branch_id, order_id, buyer_id, amount, currency, method, status, created_at, decided_at
            from payment where order_id = #{orderId}
            order by live_order_id is null, created_at desc, branch_id desc limit 1
            """)
    Optional<PaymentRow> findCurrent(String orderId);

    /** One range of the primary key: the payments of a global transaction are few more than those that are asked for. */
    @Select("""
            <script>
            select order_id, status
            from payment force index (primary) where xid = #{xid} and order_id in
            <foreach collection="orderIds" item="orderId" open="(" separator="," close=")">#{orderId}</foreach>
            </script>
            """)
    List<OrderStatus> statuses(String xid, Collection<String> orderIds);
}
