package io.holdfast.order.sale;

import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.SalePart;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.sale.SaleRepository.OrderKey;
import java.time.LocalDateTime;
import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;
import org.jspecify.annotations.Nullable;

/** The SQL of sales, and of orders as far as they are of a sale. Every change names the stage it starts from. */
@Mapper
interface SaleMapper {

    String COLUMNS = """
            sale_id, idempotency_key, sku, quota, unit_price_minor, currency, per_buyer_limit, opens_at, closes_at, stage,
            reason_code, reason_detail, created_at, changed_at, asked_opens_at
            """;

    /** Orders that hold pieces of their sale: all but those that ended without. */
    String HOLDING = " (orders.ended_as is null or orders.ended_as = 'PAID') ";

    /** @throws org.springframework.dao.DuplicateKeyException if the key has made a sale */
    @Insert("""
            insert into sale (sale_id, idempotency_key, sku, quota, unit_price_minor, currency, per_buyer_limit, opens_at,
                closes_at, stage, created_at, changed_at, asked_opens_at)
            values (#{saleId}, #{idempotencyKey}, #{sku}, #{quota}, #{unitPriceMinor}, #{currency}, #{perBuyerLimit},
                #{opensAt}, #{closesAt}, #{stage}, #{createdAt}, #{changedAt}, #{askedOpensAt})
            """)
    int insert(SaleRow sale);

    @Select("select " + COLUMNS + "from sale where sale_id = #{saleId}")
    @Nullable
    SaleRow find(@Param("saleId") String saleId);

    @Select("select " + COLUMNS + "from sale where idempotency_key = #{key}")
    @Nullable
    SaleRow findByKey(@Param("key") String key);

    @Select("select " + COLUMNS + """
            from sale where stage = #{stage} and changed_at <= #{before} order by changed_at, sale_id limit #{limit}
            """)
    List<SaleRow> inStage(
            @Param("stage") SaleStage stage, @Param("before") LocalDateTime before, @Param("limit") int limit);

    @Select("select " + COLUMNS + """
            from sale where stage in ('READY', 'PAUSED') order by sale_id limit #{limit}
            """)
    List<SaleRow> running(@Param("limit") int limit);

    @Update("""
            update sale set stage = #{next}, changed_at = #{now} where sale_id = #{saleId} and stage = #{from}
            """)
    int advance(
            @Param("saleId") String saleId,
            @Param("from") SaleStage from,
            @Param("next") SaleStage next,
            @Param("now") LocalDateTime now);

    @Update("""
            update sale set stage = 'REFUSED', reason_code = #{code}, reason_detail = #{detail}, changed_at = #{now}
            where sale_id = #{saleId} and stage = 'PREPARING'
            """)
    int refuse(
            @Param("saleId") String saleId,
            @Param("code") String code,
            @Param("detail") String detail,
            @Param("now") LocalDateTime now);

    /** Whether it waits for its opening or was paused: from now on it sells. */
    @Update("""
            update sale set stage = 'READY', opens_at = least(opens_at, #{now}), changed_at = #{now}
            where sale_id = #{saleId} and stage in ('READY', 'PAUSED') and closes_at > #{now}
            """)
    int open(@Param("saleId") String saleId, @Param("now") LocalDateTime now);

    @Update("""
            update sale set stage = 'CLOSING', changed_at = #{now}
            where stage in ('READY', 'PAUSED') and closes_at <= #{now}
            """)
    int closeThoseThatAreOver(@Param("now") LocalDateTime now);

    /** Makes the rows of buyers who have none, and locks all of them. What it answers depends on a flag of the driver. */
    @Insert("""
            <script>
            insert into sale_buyer (sale_id, buyer_id)
            values
            <foreach collection="buyers" item="buyer" separator=",">(#{buyer.saleId}, #{buyer.buyerId})</foreach>
            on duplicate key update buyer_id = sale_buyer.buyer_id
            </script>
            """)
    void lock(@Param("buyers") List<BuyerRow> buyers);

    /** How many pieces each of these buyers may still have: none while the sale does not sell. */
    @Select("""
            <script>
            select b.sale_id, b.buyer_id, case s.stage when 'READY' then s.per_buyer_limit else 0 end - coalesce((
                    select sum(sale_quantity) from orders
                    where orders.sale_id = b.sale_id and orders.buyer_id = b.buyer_id
                        and orders.sale_part = mod(crc32(b.buyer_id),""" + SalePart.FINEST + ") and" + HOLDING + """
                ), 0) as `left`
            from sale_buyer b join sale s on s.sale_id = b.sale_id
            where
            <foreach collection="buyers" item="buyer" separator=" or ">
                (b.sale_id = #{buyer.saleId} and b.buyer_id = #{buyer.buyerId})
            </foreach>
            </script>
            """)
    List<LeftRow> left(@Param("buyers") List<BuyerRow> buyers);

    @Select("""
            select ended_as, count(*) as orders, sum(sale_quantity) as pieces
            from orders where sale_id = #{saleId} group by ended_as
            """)
    List<TallyRow> tally(@Param("saleId") String saleId);

    /** The finest parts in which there is some order; read from the index alone. */
    @Select("select distinct sale_part from orders where sale_id = #{saleId}")
    List<Integer> partsWithOrders(@Param("saleId") String saleId);

    /**
     * A page of what the orders of some parts of a sale hold, 0 if they ended without, in the order of part, buyer and key; read from
     * the index alone.
     *
     * @param after of the page before
     * @param last of the parts
     */
    @Select("select sale_part, buyer_id, idempotency_key, if(" + HOLDING + """
                , sale_quantity, 0) as pieces
            from orders where sale_id = #{saleId} and (
                    sale_part > #{after.salePart} and sale_part <= #{last}
                    or sale_part = #{after.salePart} and buyer_id > #{after.buyerId}
                    or sale_part = #{after.salePart} and buyer_id = #{after.buyerId}
                        and idempotency_key > #{after.idempotencyKey})
            order by sale_part, buyer_id, idempotency_key limit #{limit}
            """)
    List<HeldRow> ordersOfParts(
            @Param("saleId") String saleId,
            @Param("after") HeldRow after,
            @Param("last") int last,
            @Param("limit") int limit);

    /** The status of the orders of these keys, in that sale. */
    @Select("""
            <script>
            select buyer_id, idempotency_key, status from orders where sale_id = #{saleId} and (
            <foreach collection="keys" item="key" separator=" or ">
                (buyer_id = #{key.buyer} and idempotency_key = #{key.idempotencyKey})
            </foreach>
            )
            </script>
            """)
    List<StatusRow> statuses(@Param("saleId") String saleId, @Param("keys") List<OrderKey> keys);

    @Select("""
            select order_id from orders
            where sale_id = #{saleId} and buyer_id = #{buyerId}
                and sale_part = mod(crc32(#{buyerId}),""" + SalePart.FINEST + ") order by order_id desc limit #{limit}")
    List<String> ordersOf(@Param("saleId") String saleId, @Param("buyerId") String buyerId, @Param("limit") int limit);

    @Update("""
            update sale set uncounted_at = #{now}
            where sale_id = #{saleId} and (uncounted_at is null or uncounted_at < #{now})
            """)
    int noteUncounted(@Param("saleId") String saleId, @Param("now") LocalDateTime now);

    @Select("select sale_id from sale where uncounted_at is not null limit #{limit}")
    List<String> uncounted(@Param("limit") int limit);

    @Select("""
            select sale_id, uncounted_at from sale where uncounted_at < #{before} order by uncounted_at limit #{limit}
            """)
    List<UncountedRow> uncountedBefore(@Param("before") LocalDateTime before, @Param("limit") int limit);

    @Update("update sale set uncounted_at = null where sale_id = #{saleId} and uncounted_at = #{since}")
    int counted(@Param("saleId") String saleId, @Param("since") LocalDateTime since);

    @Insert("""
            insert into sale_mend (sale_id, at, kind, pieces, detail)
            values (#{saleId}, #{at}, #{kind}, #{pieces}, #{detail})
            """)
    int recordRepair(
            @Param("saleId") String saleId,
            @Param("at") LocalDateTime at,
            @Param("kind") String kind,
            @Param("pieces") long pieces,
            @Param("detail") String detail);

    @Select("""
            select mend_id, sale_id, at, kind, pieces, detail from sale_mend where at >= #{since} order by at, mend_id
            limit #{limit}
            """)
    List<RepairRow> repairsSince(@Param("since") LocalDateTime since, @Param("limit") int limit);

    record RepairRow(long mendId, String saleId, LocalDateTime at, String kind, long pieces, String detail) {}

    @Select("""
            <script>
            select sale_id, stage from sale where sale_id in
            <foreach collection="ids" item="id" open="(" separator="," close=")">#{id}</foreach>
            </script>
            """)
    List<StageRow> stages(@Param("ids") List<String> ids);

    record StageRow(String saleId, SaleStage stage) {}

    record UncountedRow(String saleId, LocalDateTime uncountedAt) {}

    record BuyerRow(String saleId, String buyerId) {}

    record LeftRow(String saleId, String buyerId, long left) {}

    /** @param endedAs null: they have not ended */
    record TallyRow(@Nullable OrderStatus endedAs, long orders, long pieces) {}

    record HeldRow(int salePart, String buyerId, String idempotencyKey, int pieces) {}

    record StatusRow(String buyerId, String idempotencyKey, OrderStatus status) {}
}
