package io.holdfast.payment.account;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
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
     * Locks the accounts that exist, in the order of their primary key: every caller that locks several accounts uses that order, so
     * that callers cannot deadlock. The forced index keeps a small table from being scanned, which would lock other buyers out.
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

    /** Creates an account if there is none. The row count depends on a flag of the driver, so it is not returned. */
    @Insert("""
            insert into account (buyer_id, currency, deposited, balance, frozen, spent)
            values (#{buyerId}, #{currency}, 0, 0, 0, 0)
            on duplicate key update buyer_id = account.buyer_id
            """)
    void ensure(String buyerId, String currency);

    /** @param maxBefore the largest total of deposits to which the amount can still be added */
    @Update("""
            update account set deposited = deposited + #{amount}, balance = balance + #{amount}
            where buyer_id = #{buyerId} and currency = #{currency} and deposited <= #{maxBefore}
            """)
    int deposit(String buyerId, String currency, long amount, long maxBefore);

    @Update("""
            update account set balance = balance - #{amount}, frozen = frozen + #{amount}
            where buyer_id = #{buyerId} and currency = #{currency} and balance >= #{amount}
            """)
    int setAsideAlone(String buyerId, String currency, long amount);

    @Update("<script>update account force index (primary) set balance = balance - " + AMOUNT + ", frozen = frozen + "
            + AMOUNT + OF_BUYERS + "and balance &gt;= " + AMOUNT + IN_ORDER)
    int setAside(@Param("amounts") SortedMap<String, Long> amounts);

    @Update("<script>update account force index (primary) set frozen = frozen - " + AMOUNT + ", spent = spent + "
            + AMOUNT + OF_BUYERS + "and frozen &gt;= " + AMOUNT + IN_ORDER)
    int spend(@Param("amounts") SortedMap<String, Long> amounts);

    @Update("<script>update account force index (primary) set frozen = frozen - " + AMOUNT + ", balance = balance + "
            + AMOUNT + OF_BUYERS + "and frozen &gt;= " + AMOUNT + IN_ORDER)
    int giveBack(@Param("amounts") SortedMap<String, Long> amounts);

    @Update("<script>update account force index (primary) set spent = spent - " + AMOUNT + ", balance = balance + "
            + AMOUNT + OF_BUYERS + "and spent &gt;= " + AMOUNT + IN_ORDER)
    int refund(@Param("amounts") SortedMap<String, Long> amounts);

    /** What is to be moved in the account that the statement has before it. */
    String AMOUNT = """
            case buyer_id <foreach collection="amounts" index="buyer" item="amount">when #{buyer} then #{amount} </foreach>end
            """;

    String OF_BUYERS = """
            where buyer_id in
            <foreach collection="amounts" index="buyer" item="amount" open="(" separator="," close=")">#{buyer}</foreach>
            """;

    /** The one order in which several accounts are locked. */
    String IN_ORDER = "order by buyer_id</script>";
}
