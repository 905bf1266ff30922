package io.holdfast.order.store;

import java.time.LocalDateTime;
import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;

/** The SQL of refused orders. REJECTED is final, so what is found in that status stays in it. */
@Mapper
interface RefusedOrderMapper {

    @Select("""
            <script>
            select created_at from (
                select status, reason_code, created_at from orders
                where buyer_id = #{buyerId} and created_at &gt; #{since}
                order by created_at desc limit #{lookedAt}) as newest
            where status = 'REJECTED' and reason_code in
            <foreach collection="reasons" item="reason" open="(" separator="," close=")">#{reason}</foreach>
            order by created_at desc limit #{most}
            </script>
            """)
    List<LocalDateTime> newest(
            @Param("buyerId") String buyerId,
            @Param("since") LocalDateTime since,
            @Param("reasons") List<String> reasons,
            @Param("most") int most,
            @Param("lookedAt") int lookedAt);

    /** By the time at which they came: the index has them in that order. */
    @Select("select " + OrderMapper.COLUMNS + """
            from orders
            where ended_as = 'REJECTED' and created_at < #{before} and decided_at < #{before}
                and created_at >= #{afterTime} and (created_at > #{afterTime} or order_id > #{afterId})
            order by created_at, order_id limit #{limit}
            """)
    List<OrderRow> before(
            @Param("before") LocalDateTime before,
            @Param("afterTime") LocalDateTime afterTime,
            @Param("afterId") String afterId,
            @Param("limit") int limit);

    @Select("""
            <script>
            select order_id from orders force index (primary)
            where status = 'REJECTED' and decided_at &lt; #{before} and order_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            order by order_id
            for update skip locked
            </script>
            """)
    List<String> lock(@Param("ids") List<String> ids, @Param("before") LocalDateTime before);

    @Delete("""
            <script>
            delete from order_line where order_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            </script>
            """)
    int removeLines(@Param("ids") List<String> ids);

    @Delete("""
            <script>
            delete from orders where status = 'REJECTED' and decided_at &lt; #{before} and order_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            </script>
            """)
    int remove(@Param("ids") List<String> ids, @Param("before") LocalDateTime before);
}
