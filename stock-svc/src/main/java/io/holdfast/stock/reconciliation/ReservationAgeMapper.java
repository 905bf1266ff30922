package io.holdfast.stock.reconciliation;

import java.time.LocalDateTime;
import java.util.List;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/**
 * What is reserved, by age. A reservation that has not ended has a branch that is TRIED or PARKED, so the index of the fence finds it,
 * and no reservation that has ended is read.
 */
@Mapper
interface ReservationAgeMapper {

    @Select("""
            select r.order_id as subject, concat('reserved since ', min(r.created_at), ', xid ', min(r.xid)) as detail
            from tcc_fence_log f
            join reservation r on r.xid = f.xid and r.branch_id = f.branch_id
            where f.status = 1 and r.status = 'RESERVED' and r.created_at < #{before}
            group by r.order_id order by r.order_id limit #{limit}
            """)
    List<AgedOrder> reservedBefore(LocalDateTime before, int limit);

    @Select("""
            select case
                    when f.status = 6 then 'parked'
                    when r.created_at > #{minuteAgo} then 'younger than 1 min'
                    when r.created_at > #{quarterAgo} then 'younger than 15 min'
                    when r.created_at > #{hourAgo} then 'younger than 1 h'
                    else 'older' end as age,
                count(*) as reservations
            from tcc_fence_log f
            join reservation r on r.xid = f.xid and r.branch_id = f.branch_id
            where f.status in (1, 6) and r.status = 'RESERVED'
            group by age
            """)
    List<AgeGroup> countByAge(LocalDateTime minuteAgo, LocalDateTime quarterAgo, LocalDateTime hourAgo);

    /** An order whose goods have been reserved for too long. */
    record AgedOrder(String subject, String detail) {}

    /** @param reservations their number, not that of pieces */
    record AgeGroup(String age, long reservations) {}
}
