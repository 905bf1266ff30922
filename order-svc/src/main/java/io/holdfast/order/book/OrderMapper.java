package io.holdfast.order.book;

import io.holdfast.order.model.OrderStatus;
import java.time.LocalDateTime;
import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;
import org.jspecify.annotations.Nullable;

/** The SQL of orders. Every change names the status it starts from and returns how many rows it found there. */
@Mapper
interface OrderMapper {

    String COLUMNS = """
            order_id, buyer_id, idempotency_key, request_hash, status, payment_method, total_minor, currency, xid,
            reason_code, reason_detail, created_at, decided_at
            """;

    @Insert("""
            insert into orders (order_id, buyer_id, idempotency_key, request_hash, status, payment_method, total_minor,
                currency, xid, reason_code, reason_detail, created_at, decided_at)
            values (#{orderId}, #{buyerId}, #{idempotencyKey}, #{requestHash}, #{status}, #{paymentMethod},
                #{totalMinor}, #{currency}, #{xid}, #{reasonCode}, #{reasonDetail}, #{createdAt}, #{decidedAt})
            """)
    int insert(OrderRow order);

    @Insert("""
            <script>
            insert into order_line (order_id, line_no, sku, quantity, unit_price_minor)
            values
            <foreach collection="lines" item="line" separator=",">
                (#{line.orderId}, #{line.lineNo}, #{line.sku}, #{line.quantity}, #{line.unitPriceMinor})
            </foreach>
            </script>
            """)
    int insertLines(@Param("lines") List<OrderLineRow> lines);

    @Select("<script>select " + COLUMNS + """
            from orders where order_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            </script>
            """)
    List<OrderRow> find(@Param("ids") List<String> ids);

    @Select("select " + COLUMNS + "from orders where buyer_id = #{buyerId} and idempotency_key = #{idempotencyKey}")
    @Nullable
    OrderRow findByKey(@Param("buyerId") String buyerId, @Param("idempotencyKey") String idempotencyKey);

    @Select("""
            <script>
            select order_id, line_no, sku, quantity, unit_price_minor from order_line where order_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            order by order_id, line_no
            </script>
            """)
    List<OrderLineRow> findLines(@Param("ids") List<String> ids);

    /** Gives orders that were left out of a global transaction to another one. */
    @Update("""
            <script>
            update orders set xid = #{next}
            where status = 'RECEIVED' and xid = #{previous} and order_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            </script>
            """)
    int rebind(@Param("ids") List<String> ids, @Param("previous") String previous, @Param("next") String next);

    @Update("""
            <script>
            update orders set status = 'PLACED', branch_id = #{branchId}
            where status = 'RECEIVED' and xid = #{xid} and order_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            </script>
            """)
    int place(@Param("ids") List<String> ids, @Param("xid") String xid, @Param("branchId") long branchId);

    @Update("""
            update orders set status = 'REJECTED', reason_code = #{reasonCode}, reason_detail = #{reasonDetail},
                decided_at = #{now}
            where order_id = #{id} and xid = #{xid} and status = 'RECEIVED'
            """)
    int reject(
            @Param("id") String id,
            @Param("xid") String xid,
            @Param("reasonCode") String reasonCode,
            @Param("reasonDetail") String reasonDetail,
            @Param("now") LocalDateTime now);

    @Update("update orders set status = 'CONFIRMING' where xid = #{xid} and status = 'PLACED'")
    int awaitConfirm(@Param("xid") String xid);

    @Update("""
            update orders set status = 'PAID', decided_at = #{now}
            where xid = #{xid} and branch_id = #{branchId} and status in ('PLACED', 'CONFIRMING')
            """)
    int complete(@Param("xid") String xid, @Param("branchId") long branchId, @Param("now") LocalDateTime now);

    @Update("""
            update orders set status = 'REJECTED', reason_code = #{reasonCode}, reason_detail = #{reasonDetail},
                decided_at = #{now}
            where xid = #{xid} and branch_id = #{branchId} and status = 'PLACED'
            """)
    int cancel(
            @Param("xid") String xid,
            @Param("branchId") long branchId,
            @Param("reasonCode") String reasonCode,
            @Param("reasonDetail") String reasonDetail,
            @Param("now") LocalDateTime now);

    @Select("select order_id from orders where xid = #{xid} and branch_id = #{branchId} order by order_id")
    List<String> idsOfBranch(@Param("xid") String xid, @Param("branchId") long branchId);

    @Select("""
            select order_id, xid, created_at from orders
            where status = 'RECEIVED' and created_at < #{before}
                and created_at >= #{afterTime} and (created_at > #{afterTime} or order_id > #{afterId})
            order by created_at, order_id limit #{limit}
            """)
    List<UndecidedRow> findReceivedBefore(
            @Param("before") LocalDateTime before,
            @Param("afterTime") LocalDateTime afterTime,
            @Param("afterId") String afterId,
            @Param("limit") int limit);

    @Select("<script>select " + COLUMNS + "from orders" + FILTER + """
            order by created_at desc, order_id desc limit #{size} offset #{offset}
            </script>
            """)
    List<OrderRow> page(
            @Param("status") @Nullable OrderStatus status,
            @Param("buyerId") @Nullable String buyerId,
            @Param("size") int size,
            @Param("offset") long offset);

    @Select("<script>select count(*) from orders" + FILTER + "</script>")
    long count(@Param("status") @Nullable OrderStatus status, @Param("buyerId") @Nullable String buyerId);

    String FILTER = """

            <where>
                <if test="status != null">status = #{status}</if>
                <if test="buyerId != null">and buyer_id = #{buyerId}</if>
            </where>
            """;

    record UndecidedRow(String orderId, String xid, LocalDateTime createdAt) {}
}
