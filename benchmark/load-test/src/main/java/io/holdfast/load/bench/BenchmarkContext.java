package io.holdfast.load.bench;

import io.holdfast.load.http.Calls;
import io.holdfast.load.platform.Databases;
import io.holdfast.load.platform.InParallel;
import io.holdfast.load.platform.Operator;
import io.holdfast.load.platform.Platform;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What all variants of a run share: buyers with money, goods, the services and the databases. */
final class BenchmarkContext implements AutoCloseable {

    static final long PRICE = 1;

    /** More than can be sold in a run. */
    static final long PLENTY = 1_000_000_000;

    /** Many, so that no buyer comes near the rate that one of them is held to (50 a second, 16 at once). */
    static final int BUYERS = 1_024;

    private static final int SKUS = 1_000;

    /** If this run is killed. */
    private static final Duration SALE_ENDS_BY_ITSELF_AFTER = Duration.ofHours(2);

    private static final Duration DECIDED_WITHIN = Duration.ofSeconds(90);

    private final Platform platform;
    private final Calls calls;
    private final Operator operator;
    private final Databases databases;
    private final String id;
    private final PrintStream out;
    private final List<String> tokens;
    private final AtomicLong keys = new AtomicLong();
    private final List<String> manySkus = new ArrayList<>();
    private final List<String> sales = new ArrayList<>();
    private @Nullable Comparison comparison;

    private BenchmarkContext(Platform platform, Calls calls, String id, PrintStream out, List<String> tokens) {
        this.platform = platform;
        this.calls = calls;
        this.operator = new Operator(platform, calls);
        this.databases = new Databases(platform);
        this.id = id;
        this.out = out;
        this.tokens = tokens;
    }

    /** @param id that no other run has */
    static BenchmarkContext prepare(Platform platform, Calls calls, String id, PrintStream out)
            throws IOException, InterruptedException {
        List<String> buyers = Platform.buyers(buyerPrefix(id), BUYERS);
        BenchmarkContext context = new BenchmarkContext(platform, calls, id, out, platform.buyerTokens(buyers));
        InParallel.forEach(buyers, buyer -> context.operator.deposit(buyer, PLENTY), done -> {});
        out.println(BUYERS + " buyers have money");
        return context;
    }

    Platform platform() {
        return platform;
    }

    Calls calls() {
        return calls;
    }

    Operator operator() {
        return operator;
    }

    Databases databases() {
        return databases;
    }

    /** What Holdfast is compared with; it is started at the first call. */
    Comparison comparison() throws IOException, InterruptedException {
        if (comparison == null) {
            comparison = Comparison.start(this, databases);
            out.println("what Holdfast is compared with has started");
        }
        return comparison;
    }

    String buyerPrefix() {
        return buyerPrefix(id);
    }

    /** The clients' buyers overlap nowhere, and each client goes through all of its own. */
    String tokenFor(int client, int clients, long attempt) {
        return tokens.get((int) ((client + attempt * clients) % tokens.size()));
    }

    String newKey() {
        return "bench-" + id + "-" + keys.incrementAndGet();
    }

    /** Goods that are enough, under a new SKU. */
    String newSku(String name) throws IOException, InterruptedException {
        String sku = "BENCH-" + id + "-" + name.toUpperCase(Locale.ROOT);
        operator.receive(sku, PLENTY);
        return sku;
    }

    /** A sale that is open until this run ends. */
    String openSale(String sku, long quota, long perBuyerLimit) throws IOException, InterruptedException {
        String sale = operator.openSale(sku, quota, PRICE, perBuyerLimit, SALE_ENDS_BY_ITSELF_AFTER);
        sales.add(sale);
        return sale;
    }

    /** A sale of one piece that nobody bought, and that is over. */
    String closedSale(String sku) throws IOException, InterruptedException {
        String sale = openSale(sku, 1, 1);
        operator.closeSale(sale);
        sales.remove(sale);
        return sale;
    }

    /** The same SKUs at every call. */
    List<String> manySkus() throws IOException, InterruptedException {
        if (manySkus.isEmpty()) {
            List<String> skus = IntStream.range(0, SKUS)
                    .mapToObj(i -> "BENCH-" + id + "-" + i)
                    .toList();
            InParallel.forEach(skus, sku -> operator.receive(sku, PLENTY), done -> {});
            manySkus.addAll(skus);
            out.println(SKUS + " SKUs are in stock");
        }
        return List.copyOf(manySkus);
    }

    /** I1 per SKU and I2 per buyer, of everything that this run has ever done, once all orders are decided. */
    List<String> breaches() throws InterruptedException {
        String buyers = buyerPrefix(id) + "%";
        String skus = "BENCH-" + id + "-%";
        List<String> breaches = new ArrayList<>();
        long undecided = databases.awaitDecided(buyerPrefix(id), DECIDED_WITHIN);
        if (undecided > 0) {
            breaches.add(undecided + " orders are undecided after " + DECIDED_WITHIN.toSeconds() + " s");
        }
        databases.rows("""
                select sku, received, available, reserved, sold from stock_svc.stock
                where sku like ? and (received <> available + reserved + sold or reserved <> 0
                    or least(received, available, sold) < 0)
                """, skus).forEach(row -> breaches.add("I1 " + row));
        databases.rows("""
                select s.sku, s.sold, coalesce(p.pieces, 0) as paid
                from stock_svc.stock s left join (
                    select l.sku, sum(l.quantity) as pieces
                    from order_svc.orders o join order_svc.order_line l on l.order_id = o.order_id
                    where o.buyer_id like ? and o.status = 'PAID' group by l.sku) as p on p.sku = s.sku
                where s.sku like ? and s.sold <> coalesce(p.pieces, 0)
                """, buyers, skus).forEach(row -> breaches.add("I1 sold is what was paid for: " + row));
        databases.rows("""
                select buyer_id, deposited, balance, frozen, spent from payment_svc.account
                where buyer_id like ? and (balance + frozen + spent <> deposited or frozen <> 0
                    or least(deposited, balance, spent) < 0)
                """, buyers).forEach(row -> breaches.add("I2 " + row));
        databases.rows("""
                select a.buyer_id, a.spent, coalesce(p.total, 0) as paid
                from payment_svc.account a left join (
                    select buyer_id, sum(total_minor) as total from order_svc.orders
                    where buyer_id like ? and status = 'PAID' group by buyer_id) as p on p.buyer_id = a.buyer_id
                where a.buyer_id like ? and a.spent <> coalesce(p.total, 0)
                """, buyers, buyers).forEach(row -> breaches.add("I2 spent is what was paid: " + row));
        return breaches;
    }

    @Override
    public void close() {
        if (comparison != null) {
            comparison.close();
        }
        for (String sale : sales) {
            try {
                operator.closeSale(sale);
            } catch (IOException e) {
                out.println("sale " + sale + " is open still, which slows the next run: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String buyerPrefix(String id) {
        return "bench" + id + "-";
    }
}
