package io.holdfast.payment.reconciliation;

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

/** What must always be true of the money. Each check is one statement, so it sees one consistent state. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PaymentChecks.Properties.class)
class PaymentChecks {

    @Bean
    Check accountParts(DataSource database, Clock clock) {
        return sql(
                "account-parts",
                "I2",
                "balance + frozen + spent = deposited, per account, and none is negative",
                Duration.ZERO,
                Duration.ZERO,
                """
                select buyer_id as subject, concat('deposited ', deposited, ', balance ', balance, ', frozen ', frozen,
                    ', spent ', spent) as detail
                from account
                where balance + frozen + spent <> deposited or least(balance, frozen, spent, deposited) < 0
                order by buyer_id limit :most
                """,
                database,
                clock);
    }

    /** Reads all deposits, once and before the join, so it does so less often. */
    @Bean
    Check accountDeposits(DataSource database, Clock clock, Properties properties) {
        return sql(
                "account-deposits",
                "I2",
                "what was deposited is the sum of the deposits, per account",
                properties.sumsEvery(),
                Duration.ZERO,
                """
                select a.buyer_id as subject, concat('deposited ', a.deposited, ', deposits ', coalesce(d.amount, 0)) as detail
                from account a
                left join (select buyer_id, sum(amount) as amount from deposit group by buyer_id) d on d.buyer_id = a.buyer_id
                where a.deposited <> coalesce(d.amount, 0)
                order by a.buyer_id limit :most
                """,
                database,
                clock);
    }

    /** Reads all payments, once and before the join, so it does so less often. */
    @Bean
    Check accountPayments(DataSource database, Clock clock, Properties properties) {
        return sql(
                "account-payments",
                "I2",
                "what is frozen and what is spent are the sums of the payments from wallets, per account",
                properties.sumsEvery(),
                Duration.ZERO,
                """
                select a.buyer_id as subject, concat('frozen ', a.frozen, ', in payments ', coalesce(p.open, 0),
                    '; spent ', a.spent, ', in payments ', coalesce(p.captured, 0)) as detail
                from account a
                left join (select buyer_id,
                        sum(case when status = 'OPEN' then amount else 0 end) as open,
                        sum(case when status = 'CAPTURED' then amount else 0 end) as captured
                    from payment where method = 'WALLET' group by buyer_id) p on p.buyer_id = a.buyer_id
                where a.frozen <> coalesce(p.open, 0) or a.spent <> coalesce(p.captured, 0)
                order by a.buyer_id limit :most
                """,
                database,
                clock);
    }

    /** An open payment has a branch that is TRIED, so it is found by the index of the fence. A parked one waits for a person. */
    @Bean
    Check paymentsByAge(DataSource database, Clock clock, Properties properties) {
        return sql(
                "payments-by-age",
                "I6",
                "no order has its money set aside for longer than " + properties.openFor()
                        + ", unless its branch is parked and waits for a person",
                Duration.ZERO,
                properties.openFor(),
                """
                select p.order_id as subject, concat('open since ', min(p.created_at), ', xid ', min(p.xid)) as detail
                from tcc_fence_log f
                join payment p on p.xid = f.xid and p.branch_id = f.branch_id
                where f.status = 1 and p.status = 'OPEN' and p.created_at < :before
                group by p.order_id order by p.order_id limit :most
                """,
                database,
                clock);
    }

    @Bean
    Check voidsAndRefundsByAge(DataSource database, Clock clock, Properties properties) {
        return sql(
                "obligations-by-age",
                "I7",
                "no charge waits to be voided or refunded for longer than " + properties.dueFor(),
                Duration.ZERO,
                properties.dueFor(),
                """
                select charge_key as subject, concat('due since ', created_at, ', attempts ', attempts,
                    coalesce(concat(', ', last_error), '')) as detail
                from void_or_refund where status = 'DUE' and created_at < :before
                order by charge_key limit :most
                """,
                database,
                clock);
    }

    private static Check sql(
            String name,
            String invariant,
            String sentence,
            Duration every,
            Duration grace,
            String breaches,
            DataSource database,
            Clock clock) {
        return new SqlCheck(name, invariant, sentence, every, grace, breaches, database, clock);
    }

    /**
     * Properties {@code holdfast.payment.reconciliation.*}.
     *
     * @param sumsEvery between two checks that read whole tables
     * @param openFor how long money may be set aside for an order before it is a finding. Longer than the deadline of captures
     * @param dueFor how long a charge may wait to be undone before it is a finding
     */
    @Validated
    @ConfigurationProperties("holdfast.payment.reconciliation")
    record Properties(
            @DefaultValue("10m") @NotNull @DurationMin(seconds = 0)
            Duration sumsEvery,

            @DefaultValue("2h") @NotNull @DurationMin(seconds = 1)
            Duration openFor,

            @DefaultValue("1d") @NotNull @DurationMin(seconds = 1)
            Duration dueFor) {}
}
