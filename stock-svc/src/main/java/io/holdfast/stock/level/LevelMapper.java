package io.holdfast.stock.level;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/**
 * The SQL of {@code stock}. Every change is guarded and answers how many rows it found. It extends no ready-made mapper, for
 * those bring changes without a guard.
 */
@Mapper
interface LevelMapper {

    /** A SKU and what is set apart of it for sales. The range is from {@code sku@} to {@code skuA}, the character that follows. */
    @Select("""
            select sku, received, available, reserved, sold
            from stock where sku = #{sku} or (sku > concat(#{sku}, '@') and sku < concat(#{sku}, 'A'))
            """)
    List<LevelRow> findWithSales(String sku);

    @Select("""
            <script>
            select sku, received, available, reserved, sold
            from stock where sku in
            <foreach collection="skus" item="sku" open="(" separator="," close=")">#{sku}</foreach>
            </script>
            """)
    List<LevelRow> findAll(Collection<String> skus);

    /**
     * Locks the rows that there are, in the order of their primary key. Without the hint the optimizer would scan a small
     * table from end to end, and lock rows of other SKUs.
     */
    @Select("""
            <script>
            select sku, received, available, reserved, sold
            from stock force index (primary)
            where sku in
            <foreach collection="skus" item="sku" open="(" separator="," close=")">#{sku}</foreach>
            order by sku
            for update
            </script>
            """)
    List<LevelRow> lock(Collection<String> skus);

    /** Creates the row of a SKU if there is none. The row count depends on a flag of the driver, so it is not returned. */
    @Insert("""
            insert into stock (sku, received, available, reserved, sold)
            values (#{sku}, 0, 0, 0, 0)
            on duplicate key update sku = stock.sku
            """)
    void ensure(String sku);

    /** @param maxBefore the largest total to which the quantity can still be added */
    @Update("""
            update stock set received = received + #{quantity}, available = available + #{quantity}
            where sku = #{sku} and received <= #{maxBefore}
            """)
    int receive(String sku, long quantity, long maxBefore);

    @Update("""
            update stock set available = available - #{quantity}, reserved = reserved + #{quantity}
            where sku = #{sku} and available >= #{quantity}
            """)
    int reserveAlone(String sku, long quantity);

    @Update("<script>update stock force index (primary) set available = available - " + QUANTITY
            + ", reserved = reserved + " + QUANTITY + OF_SKUS + "and available &gt;= " + QUANTITY + IN_ORDER)
    int reserve(@Param("quantities") SortedMap<String, Long> quantities);

    @Update("<script>update stock force index (primary) set reserved = reserved - " + QUANTITY + ", sold = sold + "
            + QUANTITY + OF_SKUS + "and reserved &gt;= " + QUANTITY + IN_ORDER)
    int sell(@Param("quantities") SortedMap<String, Long> quantities);

    @Update("<script>update stock force index (primary) set reserved = reserved - " + QUANTITY
            + ", available = available + " + QUANTITY + OF_SKUS + "and reserved &gt;= " + QUANTITY + IN_ORDER)
    int release(@Param("quantities") SortedMap<String, Long> quantities);

    /** The way back of what was sold and will not be paid. */
    @Update("<script>update stock force index (primary) set sold = sold - " + QUANTITY + ", available = available + "
            + QUANTITY + OF_SKUS + "and sold &gt;= " + QUANTITY + IN_ORDER)
    int takeBack(@Param("quantities") SortedMap<String, Long> quantities);

    /** What is to be moved of the SKU that the statement has before it. */
    String QUANTITY = """
            case sku <foreach collection="quantities" index="sku" item="quantity">when #{sku} then #{quantity} </foreach>end
            """;

    String OF_SKUS = """
            where sku in
            <foreach collection="quantities" index="sku" item="quantity" open="(" separator="," close=")">#{sku}</foreach>
            """;

    /** The one order in which several SKUs are locked. */
    String IN_ORDER = "order by sku</script>";

    /** Goods leave a SKU, to be counted under another one. */
    @Update("""
            update stock set received = received - #{quantity}, available = available - #{quantity}
            where sku = #{sku} and available >= #{quantity}
            """)
    int handOver(String sku, long quantity);
}
