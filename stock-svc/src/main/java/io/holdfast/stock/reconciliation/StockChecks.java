package io.holdfast.stock.reconciliation;

import io.holdfast.reconciliation.Check;
import io.holdfast.reconciliation.SqlCheck;
import jakarta.validation.constraints.NotNull;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.validation.annotation.Validated;

/** What must always be true of the stock. Each check is one statement, so it sees one consistent state. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StockChecks.Properties.class)
class StockChecks {

    private static final String STOCK = "I1";

    @Bean
    Check stockParts(DataSource database, Clock clock) {
        return sql(
                "stock-parts",
                "available + reserved + sold = received, per SKU, and none is negative",
                Duration.ZERO,
                """
                select sku as subject, concat('received ', received, ', available ', available, ', reserved ', reserved,
                    ', sold ', sold) as detail
                from stock
                where available + reserved + sold <> received or least(available, reserved, sold, received) < 0
                order by sku limit :most
                """,
                database,
                clock);
    }

    /** Reads all receipts, so it does so less often. */
    @Bean
    Check stockReceipts(DataSource database, Clock clock, Properties properties) {
        return sql(
                "stock-receipts",
                "what was received of a SKU, with what is set apart of it for sales, is the sum of its receipts",
                properties.sumsEvery(),
                """
                select s.sku as subject, concat('received ', s.received, ', receipts ', coalesce(r.quantity, 0)) as detail
                from (select substring_index(sku, '@', 1) as sku, sum(received) as received
                    from stock group by substring_index(sku, '@', 1)) s
                left join (select sku, sum(quantity) as quantity from receipt group by sku) r on r.sku = s.sku
                where s.received <> coalesce(r.quantity, 0)
                order by s.sku limit :most
                """,
                database,
                clock);
    }

    /** Reads all reservations, once and before the join, so it does so less often. */
    @Bean
    Check stockReservations(DataSource database, Clock clock, Properties properties) {
        return sql(
                "stock-reservations",
                "what is reserved and what is sold of a SKU are the sums of its reservations",
                properties.sumsEvery(),
                """
                select s.sku as subject, concat('reserved ', s.reserved, ', in reservations ', coalesce(r.reserved, 0),
                    '; sold ', s.sold, ', in reservations ', coalesce(r.sold, 0)) as detail
                from stock s
                left join (select sku,
                        sum(case when status = 'RESERVED' then quantity else 0 end) as reserved,
                        sum(case when status = 'SOLD' then quantity else 0 end) as sold
                    from reservation group by sku) r on r.sku = s.sku
                where s.reserved <> coalesce(r.reserved, 0) or s.sold <> coalesce(r.sold, 0)
                order by s.sku limit :most
                """,
                database,
                clock);
    }

    /** A quota that is returned goes on shrinking while orders of the sale are given back, so only its bound is known. */
    @Bean
    Check quotasOfSales(DataSource database, Clock clock) {
        return sql(
                "sale-quotas",
                "what a sale may sell is its quota, and once that is returned what it has sold; if it was refused, nothing",
                Duration.ZERO,
                """
                select q.sale_id as subject, concat(q.status, ', quota ', q.quota, ' of ', q.sku, ', received by the sale ',
                    coalesce(s.received, 0)) as detail
                from sale_quota q left join stock s on s.sku = concat(q.sku, '@', q.sale_id)
                where (q.status = 'SET_APART' and coalesce(s.received, 0) <> q.quota)
                    or (q.status = 'REFUSED' and coalesce(s.received, 0) <> 0)
                    or coalesce(s.received, 0) > q.quota
                order by q.sale_id limit :most
                """,
                database,
                clock);
    }

    @Bean
    Check reservationsByAge(ReservationAgeMapper mapper, Clock clock, Properties properties) {
        return new ReservationsByAge(mapper, properties.reservedFor(), clock);
    }

    private static Check sql(
            String name, String sentence, Duration every, String breaches, DataSource database, Clock clock) {
        return new SqlCheck(name, STOCK, sentence, every, Duration.ZERO, breaches, database, clock);
    }

    /**
     * Properties {@code holdfast.stock.reconciliation.*}.
     *
     * @param sumsEvery between two checks that read whole tables
     * @param reservedFor how long goods may be reserved for an order before it is a finding. Longer than the deadline of captures,
     *     until which goods of an order that is paid by card may rightly wait
     */
    @Validated
    @ConfigurationProperties("holdfast.stock.reconciliation")
    record Properties(
            @DefaultValue("10m") @NotNull @DurationMin(seconds = 0)
            Duration sumsEvery,

            @DefaultValue("2h") @NotNull @DurationMin(seconds = 1)
            Duration reservedFor) {}
}
