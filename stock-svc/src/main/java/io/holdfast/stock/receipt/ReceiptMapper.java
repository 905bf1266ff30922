package io.holdfast.stock.receipt;

import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The SQL of {@code receipt}: rows are added and never changed. */
@Mapper
interface ReceiptMapper {

    @Select("""
            select idempotency_key, sku, quantity, created_at
            from receipt where idempotency_key = #{key}
            """)
    Optional<ReceiptRow> find(String key);

    /** @throws org.springframework.dao.DuplicateKeyException if the key is taken */
    @Insert("""
            insert into receipt (idempotency_key, sku, quantity, created_at)
            values (#{idempotencyKey}, #{sku}, #{quantity}, #{createdAt})
            """)
    int insert(ReceiptRow receipt);
}
