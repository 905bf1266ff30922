package io.holdfast.order.store;

import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.SalePart;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
            reason_code, reason_detail, created_at, decided_at, closing_at, released_at, cancel_asked_at, cancel_reason,
            paid_at, refunded_at
            """;

    /** @throws org.springframework.dao.DuplicateKeyException if the key has an order */
    @Insert("""
            insert into orders (order_id, buyer_id, idempotency_key, request_hash, status, payment_method, total_minor,
                currency, xid, reason_code, reason_detail, created_at, decided_at, sale_id, sale_part,
                sale_quantity)
            values (#{row.orderId}, #{row.buyerId}, #{row.idempotencyKey}, #{row.requestHash}, #{row.status},
                #{row.paymentMethod}, #{row.totalMinor}, #{row.currency}, #{row.xid}, #{row.reasonCode}, #{row.reasonDetail},
                #{row.createdAt}, #{row.decidedAt}, #{sale.saleId},
                #{sale.part}, #{sale.quantity})
            """)
    int insert(NewRow order);

    /** Which of these keys have an order. */
    @Select("""
            <script>
            select buyer_id, idempotency_key from orders where
            <foreach collection="keys" item="key" separator=" or ">
                (buyer_id = #{key.buyerId} and idempotency_key = #{key.idempotencyKey})
            </foreach>
            </script>
            """)
    List<KeyRow> findKeys(@Param("keys") List<KeyRow> keys);

    @Insert("""
            insert into order_line (order_id, line_no, sku, quantity, unit_price_minor)
            values (#{orderId}, #{lineNo}, #{sku}, #{quantity}, #{unitPriceMinor})
            """)
    int insertLine(OrderLineRow line);

    @Select("<script>select " + COLUMNS + """
            from orders where order_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            </script>
            """)
    List<OrderRow> find(@Param("ids") List<String> ids);

    /** Those of them that are PAID, with little to read for each. */
    @Select("""
            <script>
            select order_id, xid, decided_at from orders where status = 'PAID' and order_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            </script>
            """)
    List<PaidRow> paid(@Param("ids") List<String> ids);

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

    default List<Order> withLines(List<OrderRow> rows) {
        Map<String, List<OrderLineRow>> lines = linesOf(rows);
        return rows.stream()
                .map(row -> row.toOrder(lines.getOrDefault(row.orderId(), List.of())))
                .toList();
    }

    default Map<String, List<OrderLineRow>> linesOf(List<OrderRow> rows) {
        return rows.isEmpty()
                ? Map.of()
                : findLines(rows.stream().map(OrderRow::orderId).toList()).stream()
                        .collect(Collectors.groupingBy(OrderLineRow::orderId));
    }

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

    /** Locks the orders that are RECEIVED in that global transaction, in the order of their primary key. */
    @Select("""
            <script>
            select order_id, status, buyer_id, total_minor, currency, xid, reason_code, reason_detail, cancel_asked_at
            from orders force index (primary)
            where status = 'RECEIVED' and xid = #{xid} and order_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            order by order_id
            for update
            </script>
            """)
    List<OrderEventRow> lockReceived(@Param("ids") List<String> ids, @Param("xid") String xid);

    /** @param rows as they are published: each with its own reason */
    @Update("""
            <script>
            update orders set status = 'REJECTED', decided_at = #{now},
                reason_code = case order_id
                <foreach collection="rows" item="row">when #{row.orderId} then #{row.reasonCode} </foreach> end,
                reason_detail = case order_id
                <foreach collection="rows" item="row">when #{row.orderId} then #{row.reasonDetail} </foreach> end
            where status = 'RECEIVED' and xid = #{xid} and order_id in
            <foreach collection="rows" item="row" open="(" separator="," close=")">#{row.orderId}</foreach>
            </script>
            """)
    int rejectAll(@Param("rows") List<OrderEventRow> rows, @Param("xid") String xid, @Param("now") LocalDateTime now);

    @Update("update orders set status = 'CONFIRMING' where xid = #{xid} and status = 'PLACED'")
    int awaitConfirm(@Param("xid") String xid);

    /** Those that are to be cancelled never become PAID. */
    @Update("""
            update orders set status = 'PAID', decided_at = #{now}
            where xid = #{xid} and branch_id = #{branchId} and status in ('PLACED', 'CONFIRMING') and cancel_asked_at is null
            """)
    int complete(@Param("xid") String xid, @Param("branchId") long branchId, @Param("now") LocalDateTime now);

    /** The payment of one order of a decided branch was given up. */
    @Update("""
            update orders set status = 'CLOSING', reason_code = #{reasonCode}, reason_detail = #{reasonDetail},
                closing_at = #{now}
            where order_id = #{id} and xid = #{xid} and branch_id = #{branchId} and status in ('PLACED', 'CONFIRMING')
            """)
    int startClosing(
            @Param("id") String id,
            @Param("xid") String xid,
            @Param("branchId") long branchId,
            @Param("reasonCode") String reasonCode,
            @Param("reasonDetail") String reasonDetail,
            @Param("now") LocalDateTime now);

    /** The Confirm of orders that are to be cancelled: their payment is captured. */
    @Update("""
            update orders set status = 'CLOSING', reason_code = #{reasonCode}, reason_detail = cancel_reason,
                closing_at = #{now}
            where xid = #{xid} and branch_id = #{branchId} and status = 'CONFIRMING' and cancel_asked_at is not null
            """)
    int cancelConfirming(
            @Param("xid") String xid,
            @Param("branchId") long branchId,
            @Param("reasonCode") String reasonCode,
            @Param("now") LocalDateTime now);

    /** Assigned from left to right: when it was decided becomes when it was paid. */
    @Update("""
            update orders set status = 'CLOSING', reason_code = #{reasonCode}, reason_detail = #{reason},
                closing_at = #{now}, cancel_asked_at = #{now}, cancel_reason = #{reason},
                paid_at = decided_at, decided_at = null
            where order_id = #{id} and status = 'PAID'
            """)
    int cancelPaid(
            @Param("id") String id,
            @Param("reasonCode") String reasonCode,
            @Param("reason") String reason,
            @Param("now") LocalDateTime now);

    @Update("""
            update orders set cancel_asked_at = #{now}, cancel_reason = #{reason}
            where order_id = #{id} and status = 'CONFIRMING' and cancel_asked_at is null
            """)
    int recordCancellationRequest(
            @Param("id") String id, @Param("reason") String reason, @Param("now") LocalDateTime now);

    /** What is left to be given back decides whether this was the last of it. */
    @Update("""
            update orders set
                decided_at = if(reason_code = #{cancelled} and refunded_at is null, null, #{now}),
                status = if(reason_code = #{cancelled} and refunded_at is null, 'CLOSING', 'CLOSED'),
                released_at = #{releasedAt}
            where order_id = #{id} and status = 'CLOSING' and released_at is null
            """)
    int noteReleased(
            @Param("id") String id,
            @Param("releasedAt") LocalDateTime releasedAt,
            @Param("cancelled") String cancelled,
            @Param("now") LocalDateTime now);

    @Update("""
            update orders set
                decided_at = if(released_at is null, null, #{now}),
                status = if(released_at is null, 'CLOSING', 'CLOSED'),
                refunded_at = #{refundedAt}
            where order_id = #{id} and status = 'CLOSING' and reason_code = #{cancelled} and refunded_at is null
            """)
    int noteRefunded(
            @Param("id") String id,
            @Param("refundedAt") LocalDateTime refundedAt,
            @Param("cancelled") String cancelled,
            @Param("now") LocalDateTime now);

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

    /** What is published about the orders of a branch, in the order of their ids. */
    @Select("""
            select order_id, status, buyer_id, total_minor, currency, xid, reason_code, reason_detail, cancel_asked_at
            from orders
            where xid = #{xid} and branch_id = #{branchId} order by order_id
            """)
    List<OrderEventRow> eventRowsOfBranch(@Param("xid") String xid, @Param("branchId") long branchId);

    @Select("""
            select order_id, status, buyer_id, total_minor, currency, xid, reason_code, reason_detail, cancel_asked_at
            from orders
            where order_id = #{id}
            """)
    @Nullable
    OrderEventRow eventRow(@Param("id") String id);

    /** Whoever else wants to change the order waits, and its status stays what is read here. */
    @Select("""
            select order_id, status, buyer_id, total_minor, currency, xid, reason_code, reason_detail, cancel_asked_at
            from orders
            where order_id = #{id} for update
            """)
    @Nullable
    OrderEventRow lock(@Param("id") String id);

    /** What is published about an order. */
    record OrderEventRow(
            String orderId,
            OrderStatus status,
            String buyerId,
            long totalMinor,
            String currency,
            @Nullable String xid,
            @Nullable String reasonCode,
            @Nullable String reasonDetail,
            @Nullable LocalDateTime cancelAskedAt) {

        OrderEventRow rejected(Rejection why) {
            return new OrderEventRow(
                    orderId,
                    OrderStatus.REJECTED,
                    buyerId,
                    totalMinor,
                    currency,
                    xid,
                    why.reason().code(),
                    why.detail(),
                    cancelAskedAt);
        }

        /** As the row of a new order will be. */
        static OrderEventRow of(Order order) {
            return new OrderEventRow(
                    order.id().value(),
                    order.status(),
                    order.purchase().buyer().value(),
                    order.total().minor(),
                    order.total().currency(),
                    order.xid(),
                    order.whyRejected().map(why -> why.reason().code()).orElse(null),
                    order.whyRejected().map(Rejection::detail).orElse(null),
                    null);
        }

        /** It is decided, waits for its Confirm, and is not to be carried out any more. */
        boolean isToBeCancelled() {
            return status == OrderStatus.CONFIRMING && cancelAskedAt != null;
        }

        boolean isBeingClosed() {
            return status == OrderStatus.CLOSING || status == OrderStatus.CLOSED;
        }
    }

    /** A new order, with what is kept of it for its sale. */
    record NewRow(OrderRow row, SaleShare sale) {

        static NewRow of(Order order) {
            return new NewRow(OrderRow.of(order), SaleShare.of(order.purchase()));
        }
    }

    /** All null if the order is of no sale. */
    record SaleShare(
            @Nullable String saleId,
            @Nullable Integer part,
            @Nullable Integer quantity) {

        private static final SaleShare NONE = new SaleShare(null, null, null);

        static SaleShare of(Purchase purchase) {
            return purchase.sale()
                    .map(sale -> new SaleShare(
                            sale.value(),
                            SalePart.finestOf(purchase.buyer().value()),
                            purchase.lines().get(0).quantity().value()))
                    .orElse(NONE);
        }
    }

    record PaidRow(String orderId, String xid, LocalDateTime decidedAt) {

        Order toPaid(Order before) {
            return before.paid(xid, OrderRow.instant(decidedAt));
        }
    }

    record KeyRow(String buyerId, String idempotencyKey) {}
}
