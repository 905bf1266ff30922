package io.holdfast.order.sale;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SalePart;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.model.Sku;
import io.holdfast.order.sale.SaleRepository.Held;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What the counters of a sale are compared with, of more orders than one page has. */
@OnRealDatabase
class OrdersHeldInASaleTest {

    private static final SaleId SALE = new SaleId("01890a5d-ac96-774b-bcce-b302099a8057");
    private static final SaleId OTHER = new SaleId("01890a5d-ac96-774b-bcce-b302099a8058");
    private static final int ORDERS = 25_000;

    private final SaleRepository book;
    private final Database database;

    OrdersHeldInASaleTest(@Autowired SaleRepository book, @Autowired Database database) {
        this.book = book;
        this.database = database;
    }

    /** Others who use this schema look for orders that nobody ends. */
    @AfterEach
    void takeThemAway() {
        database.jdbc().update("delete from orders where sale_id in (?, ?)", SALE.value(), OTHER.value());
    }

    @Test
    void everyOrderIsHandedOverOnceInThePartOfItsBuyer() {
        // Half of them of one buyer, so that one part has more than one page, and some of another sale, or refused.
        insert(SALE, "RECEIVED", "if(seq % 2, 'greedy', concat('buyer-', seq))", "key", ORDERS);
        insert(SALE, "REJECTED", "concat('buyer-', seq)", "refused", 100);
        insert(OTHER, "RECEIVED", "concat('buyer-', seq)", "other", 100);

        for (int quota : new int[] {1_000, 64_000, 1_000_000}) {
            SaleTerms terms = terms(quota);
            List<Held> all = new ArrayList<>();
            for (SalePart part : SalePart.allOf(terms)) {
                book.forEachOrder(
                        SALE,
                        part,
                        page -> page.forEach(held -> {
                            assertThat(SalePart.of(terms, held.order().buyer())).isEqualTo(part);
                            all.add(held);
                        }));
            }
            assertThat(book.partsWithOrders(sale(terms)))
                    .isEqualTo(all.stream()
                            .map(held -> SalePart.of(terms, held.order().buyer()))
                            .collect(Collectors.toSet()));
            assertThat(all).hasSize(ORDERS + 100).doesNotHaveDuplicates();
            assertThat(all.stream().filter(held -> held.pieces() == 0))
                    .hasSize(100)
                    .allMatch(held -> held.order().idempotencyKey().startsWith("refused"));
        }
    }

    @Test
    void onlyTheOrdersOfThePartAreReadAndOnlyFromTheIndex() {
        Map<String, Object> plan = database.jdbc()
                .queryForMap(
                        "explain select sale_part, buyer_id, idempotency_key,"
                                + " if(ended_as is null or ended_as = 'PAID', sale_quantity, 0) from orders"
                                + " where sale_id = ? and (sale_part > 3"
                                + " and sale_part <= 7 or sale_part = 3 and buyer_id > 'b' or sale_part = 3"
                                + " and buyer_id = 'b' and idempotency_key > 'k')"
                                + " order by sale_part, buyer_id, idempotency_key limit 10",
                        SALE.value());

        assertThat(plan).containsEntry("key", "ix_orders_sale").containsEntry("type", "range");
        assertThat(plan.get("Extra").toString()).contains("Using index").doesNotContain("filesort");
    }

    private void insert(SaleId sale, String status, String buyer, String key, int count) {
        String end = status.equals("REJECTED") ? "now(3)" : "null";
        String why = status.equals("REJECTED") ? "'sold-out'" : "null";
        database.jdbc().update("""
                insert into orders (order_id, buyer_id, idempotency_key, request_hash, status, payment_method, total_minor,
                    currency, xid, reason_code, reason_detail, created_at, decided_at, sale_id, sale_part,
                    sale_quantity)
                select uuid(), %s, concat('%s-', seq), repeat('0', 64), '%s', 'WALLET', 1, 'EUR', 'xid', %s, %s, now(3), %s,
                    '%s', mod(crc32(%s), %d), 1
                from seq_1_to_%d
                """.formatted(buyer, key, status, why, why, end, sale, buyer, SalePart.FINEST, count));
    }

    private static Sale sale(SaleTerms terms) {
        return new Sale(SALE, terms, SaleStage.READY, null, terms.opensAt());
    }

    private static SaleTerms terms(int quota) {
        Instant opens = Instant.parse("2026-11-27T12:00:00Z");
        return new SaleTerms(new Sku("sku-1"), quota, new Money(1, "EUR"), quota, opens, opens.plusSeconds(60));
    }
}
