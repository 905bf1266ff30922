package io.holdfast.load.seckill;

import io.holdfast.load.platform.Databases;
import java.util.Map;

/**
 * What the databases say after the crowd has gone.
 *
 * @param paid orders of the sale that are PAID
 * @param paidPieces pieces of them
 * @param undecided orders of these buyers that are neither PAID nor REJECTED nor CLOSED
 * @param buyersWithMoreThanOne buyers with more than one piece
 * @param accounts sums over the buyers' accounts
 * @param stock sums over the SKU and what was set apart of it for the sale
 */
record Outcome(long paid, long paidPieces, long undecided, long buyersWithMoreThanOne, Accounts accounts, Stock stock) {

    /** Sums, in minor units. */
    record Accounts(long deposited, long balance, long frozen, long spent) {}

    /** Sums, in pieces. */
    record Stock(long received, long available, long reserved, long sold) {}

    /** Reads it. @param undecided as it was waited for */
    static Outcome read(Databases databases, String saleId, String sku, String buyerPrefix, long undecided) {
        Map<String, Long> orders = databases.numbers("""
                select count(*) as paid, coalesce(sum(sale_quantity), 0) as pieces
                from order_svc.orders where sale_id = ? and status = 'PAID'
                """, saleId);
        long greedy = databases.number("""
                select count(*) from (
                    select buyer_id from order_svc.orders where sale_id = ? and status = 'PAID'
                    group by buyer_id having sum(sale_quantity) > 1) as greedy
                """, saleId);
        Map<String, Long> money = databases.numbers("""
                select coalesce(sum(deposited), 0) as deposited, coalesce(sum(balance), 0) as balance,
                    coalesce(sum(frozen), 0) as frozen, coalesce(sum(spent), 0) as spent
                from payment_svc.account where buyer_id like ?
                """, buyerPrefix + "%");
        Map<String, Long> pieces = databases.numbers("""
                select coalesce(sum(received), 0) as received, coalesce(sum(available), 0) as available,
                    coalesce(sum(reserved), 0) as reserved, coalesce(sum(sold), 0) as sold
                from stock_svc.stock where sku in (?, ?)
                """, sku, sku + "@" + saleId);
        return new Outcome(
                orders.get("paid"),
                orders.get("pieces"),
                undecided,
                greedy,
                new Accounts(money.get("deposited"), money.get("balance"), money.get("frozen"), money.get("spent")),
                new Stock(pieces.get("received"), pieces.get("available"), pieces.get("reserved"), pieces.get("sold")));
    }
}
