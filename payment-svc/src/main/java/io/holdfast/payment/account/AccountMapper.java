package io.holdfast.payment.account;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/**
 * The SQL of {@code account}. Every change is guarded and answers how many rows it found. It extends no ready-made mapper,
 * because those bring updates without a guard.
 */
@Mapper
interface AccountMapper {

    @Select("""
            select buyer_id, currency, deposited, balance, frozen, spent
            from account where buyer_id = #{buyerId}
            """)
    Optional<AccountRow> find(String buyerId);

    @Select("""
            <script>
            select buyer_id, currency, deposited, balance, frozen, spent
            from account where buyer_id in
            <foreach collection="buyerIds" item="buyerId" open="(" separator="," close=")">#{buyerId}</foreach>
            </script>
            """)
    List<AccountRow> findAll(Collection<String> buyerIds);

    /**
     * Locks the accounts that exist, in the order of their primary key: all who lock several accounts do it in that order, so
     * that they cannot deadlock. The forced index keeps a small table from being scanned, which would lock other buyers out.
     */
    @Select("""
            <script>
            select buyer_id, currency, deposited, balance, frozen, spent
            from account force index (primary)
            where buyer_id in
            <foreach collection="buyerIds" item="buyerId" open="(" separator="," close=")">#{buyerId}</foreach>
            order by buyer_id
            for update
            </script>
            """)
    List<AccountRow> lock(Collection<String> buyerIds);

    /** Makes an account if there is none. What it answers depends on a flag of the driver, so nobody should read it. */
    @Insert("""
            insert into account (buyer_id, currency, deposited, balance, frozen, spent)
            values (#{buyerId}, #{currency}, 0, 0, 0, 0)
            on duplicate key update buyer_id = account.buyer_id
            """)
    void ensure(String buyerId, String currency);

    /** @param mostBefore the largest total of deposits to which the amount can still be added */
    @Update("""
            update account set deposited = deposited + #{amount}, balance = balance + #{amount}
            where buyer_id = #{buyerId} and currency = #{currency} and deposited <= #{mostBefore}
            """)
    int deposit(String buyerId, String currency, long amount, long mostBefore);

    @Update("""
            update account set balance = balance - #{amount}, frozen = frozen + #{amount}
            where buyer_id = #{buyerId} and balance >= #{amount}
            """)
    int setAside(String buyerId, long amount);

    @Update("""
            update account set frozen = frozen - #{amount}, spent = spent + #{amount}
            where buyer_id = #{buyerId} and frozen >= #{amount}
            """)
    int spend(String buyerId, long amount);

    @Update("""
            update account set frozen = frozen - #{amount}, balance = balance + #{amount}
            where buyer_id = #{buyerId} and frozen >= #{amount}
            """)
    int giveBack(String buyerId, long amount);

    @Update("""
            update account set spent = spent - #{amount}, balance = balance + #{amount}
            where buyer_id = #{buyerId} and spent >= #{amount}
            """)
    int refund(String buyerId, long amount);
}
