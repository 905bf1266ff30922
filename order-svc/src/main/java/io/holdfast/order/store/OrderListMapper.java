package io.holdfast.order.store;

import io.holdfast.order.model.OrderStatus;
import java.time.LocalDateTime;
import java.util.List;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.jspecify.annotations.Nullable;

/** The SQL of lists of orders. It only reads. */
@Mapper
interface OrderListMapper {

    @Select("select " + OrderMapper.COLUMNS + """
            from orders
            where ended_as is null and created_at < #{before}
                and coalesce(closing_at, created_at) < #{before}
            order by created_at, order_id limit #{limit}
            """)
    List<OrderRow> notEndedSince(@Param("before") LocalDateTime before, @Param("limit") int limit);

    /** Ended orders in the order of their end, one page after a place. */
    @Select("select " + OrderMapper.COLUMNS + """
            from orders
            where decided_at < #{before} and (decided_at > #{at} or decided_at = #{at} and order_id > #{afterId})
            order by decided_at, order_id limit #{limit}
            """)
    List<OrderRow> decidedAfter(
            @Param("at") LocalDateTime at,
            @Param("afterId") String afterId,
            @Param("before") LocalDateTime before,
            @Param("limit") int limit);

    @Select("""
            select order_id, xid, created_at from orders
            where ended_as is null and status = 'RECEIVED' and created_at < #{before}
                and created_at >= #{afterTime} and (created_at > #{afterTime} or order_id > #{afterId})
            order by created_at, order_id limit #{limit}
            """)
    List<UndecidedRow> findReceivedBefore(
            @Param("before") LocalDateTime before,
            @Param("afterTime") LocalDateTime afterTime,
            @Param("afterId") String afterId,
            @Param("limit") int limit);

    @Select("<script>select " + OrderMapper.COLUMNS + "from orders" + FILTER + """
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
                <if test="status != null and status.hasEnded()">ended_as = #{status}</if>
                <if test="status != null and !status.hasEnded()">ended_as is null and status = #{status}</if>
                <if test="buyerId != null">and buyer_id = #{buyerId}</if>
            </where>
            """;

    record UndecidedRow(String orderId, String xid, LocalDateTime createdAt) {}
}
