package io.holdfast.stock.sale;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;
import org.jspecify.annotations.Nullable;

/** The SQL of {@code sale_quota}. */
@Mapper
interface SaleQuotaMapper {

    /** @throws org.springframework.dao.DuplicateKeyException if the sale has a quota already */
    @Insert("""
            insert into sale_quota (sale_id, sku, quota, status, set_apart_at)
            values (#{saleId}, #{sku}, #{quota}, 'SET_APART', #{now})
            """)
    int insert(String saleId, String sku, long quota, LocalDateTime now);

    /** Nothing is allocated to the sale, and never will be. */
    @Update("""
            update sale_quota set status = 'REFUSED', refused_as = #{refusedAs}, available = #{available}
            where sale_id = #{saleId} and status = 'SET_APART'
            """)
    int refused(String saleId, String refusedAs, @Nullable Long available);

    @Select("select sale_id, sku, quota, status, refused_as, available from sale_quota where sale_id = #{saleId}")
    Optional<SaleQuotaRow> find(String saleId);

    @Select(
            "select sale_id, sku, quota, status, refused_as, available from sale_quota where sale_id = #{saleId} for update")
    Optional<SaleQuotaRow> lock(String saleId);

    @Update("""
            update sale_quota set status = 'RETURNED', returned_at = #{now}
            where sale_id = #{saleId} and status = 'SET_APART'
            """)
    int returned(String saleId, LocalDateTime now);

    /** What is allocated and was not returned, in the order of the sales. */
    @Select("""
            select sale_id, sku, quota, set_apart_at from sale_quota
            where status = 'SET_APART' and sale_id > #{after} order by sale_id limit #{limit}
            """)
    List<AllocatedRow> allocated(String after, int limit);

    record AllocatedRow(String saleId, String sku, long quota, LocalDateTime setApartAt) {}

    /** Sales whose quota was returned, and that goods came back to since then. */
    @Select("""
            select q.sale_id
            from sale_quota q join stock s on s.sku = concat(q.sku, '@', q.sale_id)
            where q.status = 'RETURNED' and s.available > 0
            order by q.sale_id limit #{limit}
            """)
    List<String> returnedWithGoods(int limit);
}
