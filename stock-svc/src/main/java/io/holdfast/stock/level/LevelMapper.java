package io.holdfast.stock.level;

import java.util.Collection;
import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
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
     * table from end to end, and lock what nobody asked for.
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

    /** Makes the row of a SKU if there is none. What it answers depends on a flag of the driver: nobody should read it. */
    @Insert("""
            insert into stock (sku, received, available, reserved, sold)
            values (#{sku}, 0, 0, 0, 0)
            on duplicate key update sku = stock.sku
            """)
    void ensure(String sku);

    /** @param mostBefore the largest total to which the quantity can still be added */
    @Update("""
            update stock set received = received + #{quantity}, available = available + #{quantity}
            where sku = #{sku} and received <= #{mostBefore}
            """)
    int receive(String sku, long quantity, long mostBefore);

    @Update("""
            update stock set available = available - #{quantity}, reserved = reserved + #{quantity}
            where sku = #{sku} and available >= #{quantity}
            """)
    int reserve(String sku, long quantity);

    @Update("""
            update stock set reserved = reserved - #{quantity}, sold = sold + #{quantity}
            where sku = #{sku} and reserved >= #{quantity}
            """)
    int sell(String sku, long quantity);

    @Update("""
            update stock set reserved = reserved - #{quantity}, available = available + #{quantity}
            where sku = #{sku} and reserved >= #{quantity}
            """)
    int release(String sku, long quantity);

    /** The way back of what was sold and will not be paid. */
    @Update("""
            update stock set sold = sold - #{quantity}, available = available + #{quantity}
            where sku = #{sku} and sold >= #{quantity}
            """)
    int takeBack(String sku, long quantity);

    /** Goods leave a SKU, to be counted under another one. */
    @Update("""
            update stock set received = received - #{quantity}, available = available - #{quantity}
            where sku = #{sku} and available >= #{quantity}
            """)
    int handOver(String sku, long quantity);
}
