package io.holdfast.stock.reservation;

import io.holdfast.stock.model.ReservationStatus;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The SQL of {@code reservation} and {@code order_claim}. Every change names the status it starts from and answers how many rows it found. */
@Mapper
interface ReservationMapper {

    /** @throws org.springframework.dao.DuplicateKeyException if the order is claimed */
    @Insert("insert into order_claim (order_id, xid, branch_id) values (#{orderId}, #{xid}, #{branchId})")
    int claim(String orderId, String xid, long branchId);

    @Delete("""
            delete from order_claim
            where order_id = #{orderId} and xid = #{xid} and branch_id = #{branchId}
            """)
    int unclaim(String orderId, String xid, long branchId);

    @Select("""
            select distinct order_id
            from reservation where xid = #{xid} and branch_id = #{branchId}
            order by order_id
            """)
    List<String> ordersOf(String xid, long branchId);

    @Insert("""
            insert into reservation (xid, branch_id, order_id, sku, quantity, status, created_at)
            values (#{xid}, #{branchId}, #{orderId}, #{sku}, #{quantity}, #{status}, #{createdAt})
            """)
    int insert(ReservationRow reservation);

    /** All reservations of a branch that are in one status go to the next. */
    @Update("""
            update reservation set status = #{next}, decided_at = #{now}
            where xid = #{xid} and branch_id = #{branchId} and status = #{from}
            """)
    int decide(String xid, long branchId, ReservationStatus from, ReservationStatus next, LocalDateTime now);

    /** Everything of a branch, by what became of it. */
    @Select("""
            select sku, status, sum(quantity) as quantity, count(*) as reservations
            from reservation where xid = #{xid} and branch_id = #{branchId}
            group by sku, status
            """)
    List<SkuTotal> totals(String xid, long branchId);

    /** The reservations of one claimed order, locked in the order of their primary key. None if the order is not claimed. */
    @Select("""
            select r.xid, r.branch_id, r.order_id, r.sku, r.quantity, r.status, r.created_at
            from order_claim c
            straight_join reservation r on r.xid = c.xid and r.branch_id = c.branch_id and r.order_id = c.order_id
            where c.order_id = #{orderId}
            order by r.sku
            for update
            """)
    List<ReservationRow> lockClaimed(String orderId);

    /** All reservations of one order that are in one status go to the next. */
    @Update("""
            update reservation set status = #{next}, decided_at = #{now}
            where xid = #{xid} and branch_id = #{branchId} and order_id = #{orderId} and status = #{from}
            """)
    int decideOrder(
            String xid,
            long branchId,
            String orderId,
            ReservationStatus from,
            ReservationStatus next,
            LocalDateTime now);

    /** What the orders hold or have taken. */
    @Select("""
            <script>
            select r.xid, r.branch_id, r.order_id, r.sku, r.quantity, r.status, r.created_at
            from order_claim c
            join reservation r on r.xid = c.xid and r.branch_id = c.branch_id and r.order_id = c.order_id
            where c.order_id in
            <foreach collection="orderIds" item="orderId" open="(" separator="," close=")">#{orderId}</foreach>
            </script>
            """)
    List<ReservationRow> findLive(Collection<String> orderIds);
}
