package io.holdfast.tcc.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.fence.BacklogEntry;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.Decision;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceOutcome;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What Prometheus reads, line by line: alerts and dashboards depend on these very names. */
class FenceMetricsTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String ACTION = "payment.open";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final FenceMetrics metrics = new FenceMetrics(registry);

    @Test
    void the_backlog_is_told_by_state_and_action_with_the_age_of_its_oldest_and_zeros_where_there_is_none() {
        metrics.backlog(
                Set.of(ACTION),
                List.of(
                        new BacklogEntry(ACTION, BacklogEntry.State.SCHEDULED, 7, NOW.minusMillis(90_500), 12),
                        new BacklogEntry(ACTION, BacklogEntry.State.PARKED, 2, NOW.minusSeconds(3_600), 40)),
                NOW);

        assertThat(registry.scrape().lines())
                .contains(
                        "holdfast_tcc_backlog{action=\"payment.open\",state=\"scheduled\"} 7.0",
                        "holdfast_tcc_backlog{action=\"payment.open\",state=\"parked\"} 2.0",
                        "holdfast_tcc_backlog{action=\"payment.open\",state=\"giving-up\"} 0.0",
                        "holdfast_tcc_backlog{action=\"payment.open\",state=\"tried\"} 0.0",
                        "holdfast_tcc_backlog_oldest_seconds{action=\"payment.open\",state=\"scheduled\"} 90.5",
                        "holdfast_tcc_backlog_oldest_seconds{action=\"payment.open\",state=\"parked\"} 3600.0",
                        "holdfast_tcc_backlog_oldest_seconds{action=\"payment.open\",state=\"tried\"} 0.0");
    }

    @Test
    void a_backlog_that_is_gone_is_told_as_gone() {
        metrics.backlog(Set.of(ACTION), List.of(new BacklogEntry(ACTION, BacklogEntry.State.PARKED, 2, NOW, 40)), NOW);
        metrics.backlog(Set.of(ACTION), List.of(), NOW);

        assertThat(registry.scrape().lines())
                .contains(
                        "holdfast_tcc_backlog{action=\"payment.open\",state=\"parked\"} 0.0",
                        "holdfast_tcc_backlog_oldest_seconds{action=\"payment.open\",state=\"parked\"} 0.0");
    }

    @Test
    void parked_branches_are_counted_from_zero_so_that_the_first_one_is_an_increase() {
        metrics.backlog(Set.of(ACTION), List.of(), NOW);
        assertThat(registry.scrape().lines()).contains("holdfast_tcc_parked_total{action=\"payment.open\"} 0.0");

        metrics.parked(ACTION);

        assertThat(registry.scrape().lines()).contains("holdfast_tcc_parked_total{action=\"payment.open\"} 1.0");
    }

    @Test
    void attempts_and_give_ups_are_counted_by_operation_and_result() {
        attempted(branch(null), "failed");
        attempted(branch(null), "failed");
        attempted(branch(null), "refused");
        attempted(branch(new GiveUpReason(GiveUpReason.Cause.REFUSED, "card stolen")), "done");
        metrics.count(ACTION, FenceOutcome.GIVEN_UP);

        assertThat(registry.scrape().lines())
                .contains(
                        "holdfast_tcc_attempts_total{action=\"payment.open\",operation=\"confirm\",result=\"failed\"} 2.0",
                        "holdfast_tcc_attempts_total{action=\"payment.open\",operation=\"confirm\",result=\"refused\"} 1.0",
                        "holdfast_tcc_attempts_total{action=\"payment.open\",operation=\"give-up\",result=\"done\"} 1.0",
                        "holdfast_tcc_fence_total{action=\"payment.open\",outcome=\"given-up\"} 1.0");
    }

    @Test
    void every_outcome_of_the_fence_is_counted_under_a_name_of_its_own() {
        for (FenceOutcome outcome : FenceOutcome.values()) {
            metrics.count(ACTION, outcome);
        }

        assertThat(registry.scrape().lines().filter(line -> line.startsWith("holdfast_tcc_fence_total{")))
                .hasSize(FenceOutcome.values().length)
                .allMatch(line -> line.endsWith(" 1.0"));
    }

    @Test
    void the_duration_of_phase_two_is_told_with_its_percentiles() {
        for (int millis = 1; millis <= 100; millis++) {
            metrics.ended(ACTION, FenceOutcome.COMMITTED, Duration.ofMillis(millis * 10));
        }
        metrics.ended(ACTION, FenceOutcome.ROLLED_BACK, Duration.ofMillis(-1));

        String committed = "{action=\"payment.open\",outcome=\"committed\"";
        assertThat(valueOf("holdfast_tcc_phase_two_seconds" + committed + ",quantile=\"0.5\"}"))
                .isBetween(0.45, 0.55);
        assertThat(valueOf("holdfast_tcc_phase_two_seconds" + committed + ",quantile=\"0.95\"}"))
                .isBetween(0.9, 1.0);
        assertThat(valueOf("holdfast_tcc_phase_two_seconds" + committed + ",quantile=\"0.99\"}"))
                .isBetween(0.95, 1.05);
        assertThat(valueOf("holdfast_tcc_phase_two_seconds_count" + committed + "}"))
                .isEqualTo(100);
        assertThat(valueOf("holdfast_tcc_phase_two_seconds_sum" + committed + "}"))
                .isBetween(50.4, 50.6);
        assertThat(valueOf("holdfast_tcc_phase_two_seconds_sum{action=\"payment.open\",outcome=\"rolled-back\"}"))
                .as("a clock that went back")
                .isZero();
    }

    private double valueOf(String series) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(series + " is not among\n" + registry.scrape()));
    }

    private void attempted(ScheduledBranch branch, String result) {
        metrics.attempted(branch.action(), branch.operationTag(), result);
    }

    private static ScheduledBranch branch(GiveUpReason giveUp) {
        return new ScheduledBranch(
                new BranchKey("10.0.0.1:8091:1", 1), ACTION, Decision.CONFIRM, NOW, 1, 1, giveUp, NOW, "{}");
    }
}
