package io.holdfast.stock.reservation;

import io.holdfast.stock.model.ReservationStatus;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The SQL of {@code reservation}. Every change names the status it starts from and answers how many rows it found. */
@Mapper
interface ReservationMapper {

    /** @throws org.springframework.dao.DuplicateKeyException if one of the orders has a live reservation */
    @Insert("""
            <script>
            insert into reservation (xid, branch_id, order_id, sku, quantity, status, created_at)
            values
            <foreach collection="reservations" item="row" separator=",">
                (#{row.xid}, #{row.branchId}, #{row.orderId}, #{row.sku}, #{row.quantity}, #{row.status},
                 #{row.createdAt})
            </foreach>
            </script>
            """)
    int insertAll(List<ReservationRow> reservations);

    /** All reservations of a branch that are in one status go to the next. */
    @Update("""
            update reservation set status = #{next}, decided_at = #{now}
            where xid = #{xid} and branch_id = #{branchId} and status = #{from}
            """)
    int decide(String xid, long branchId, ReservationStatus from, ReservationStatus next, LocalDateTime now);

    /** Everything of a branch, whatever its status. */
    @Select("""
            select sku, sum(quantity) as quantity, count(*) as reservations
            from reservation where xid = #{xid} and branch_id = #{branchId}
            group by sku
            """)
    List<SkuTotal> totals(String xid, long branchId);

    @Select("""
            <script>
            select xid, branch_id, order_id, sku, quantity, status, created_at
            from reservation where live_order_id in
            <foreach collection="orderIds" item="orderId" open="(" separator="," close=")">#{orderId}</foreach>
            </script>
            """)
    List<ReservationRow> findLive(Collection<String> orderIds);
}
