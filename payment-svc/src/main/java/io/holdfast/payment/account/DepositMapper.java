package io.holdfast.payment.account;

import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The SQL of {@code deposit}: rows are added and never changed. */
@Mapper
interface DepositMapper {

    @Select("""
            select idempotency_key, buyer_id, amount, currency, created_at
            from deposit where idempotency_key = #{key}
            """)
    Optional<DepositRow> find(String key);

    @Insert("""
            insert into deposit (idempotency_key, buyer_id, amount, currency, created_at)
            values (#{idempotencyKey}, #{buyerId}, #{amount}, #{currency}, #{createdAt})
            """)
    int insert(DepositRow deposit);
}
