package io.holdfast.order.sale;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.model.SaleStage;
import io.holdfast.reconciliation.CheckRun.Outcome;
import io.holdfast.reconciliation.FindingState;
import io.holdfast.reconciliation.KnownFinding;
import io.holdfast.reconciliation.ReconciliationOperations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.json.JsonMapper;

/** What stock-svc, which answers what a test has put there, has set apart for sales, compared with the sales. */
@OnRealDatabase
class SaleQuotaCheckTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ReconciliationOperations reconciliation;
    private final StandInDownstreamServices downstream;
    private final Database database;
    private final String sale = UUID.randomUUID().toString();
    private final List<Map<String, Object>> quotas = new ArrayList<>();

    SaleQuotaCheckTest(
            @Autowired ReconciliationOperations reconciliation,
            @Autowired StandInDownstreamServices downstream,
            @Autowired Database database) {
        this.reconciliation = reconciliation;
        this.downstream = downstream;
        this.database = database;
    }

    @BeforeEach
    void stockSvcTellsWhatItHasSetApart() {
        downstream.serveAll();
        downstream.on(
                StandInDownstreamServices.QUOTAS, call -> Answer.ok(JSON.writeValueAsString(Map.of("quotas", quotas))));
    }

    @ParameterizedTest
    @EnumSource(
            value = SaleStage.class,
            names = {"PREPARING", "READY", "PAUSED"})
    void whatIsForASaleThatSellsOrWillIsAsItShouldBe(SaleStage stage) {
        sale(stage);
        setApart();

        lookTwice();

        assertThat(findings()).isEmpty();
        assertThat(downstream.callsTo(StandInDownstreamServices.GIVE_BACK)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = SaleStage.class,
            names = {"REFUSED", "CLOSED"})
    void whatIsForASaleThatNeverWasOrIsOverIsFoundAndGivenBack(SaleStage stage) {
        sale(stage);
        setApart();

        lookTwice();

        assertThat(findings()).singleElement().satisfies(finding -> assertThat(finding.detail())
                .startsWith("100 of tea are set apart since")
                .endsWith("for a sale that is " + stage));
        assertThat(downstream.callsTo(StandInDownstreamServices.GIVE_BACK)).hasSize(1);
        quotas.clear();
        lookTwice();
        assertThat(findings()).isEmpty();
    }

    @Test
    void whatIsForASaleThatNobodyHasHeardOfIsFoundAndLeftToPeople() {
        setApart();

        lookTwice();

        assertThat(findings()).singleElement().satisfies(finding -> assertThat(finding.detail())
                .endsWith("for a sale that there is none of"));
        assertThat(downstream.callsTo(StandInDownstreamServices.GIVE_BACK)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"quotas\":[null]}", "{\"quotas\":[{\"saleId\":\"x\"}]}", "no JSON"})
    void nothingIsConcludedFromAnAnswerThatCannotBeUnderstood(String answer) {
        downstream.on(StandInDownstreamServices.QUOTAS, call -> Answer.ok(answer));

        lookTwice();

        assertThat(outcome()).isEqualTo(Outcome.NOT_COMPLETED);
    }

    private void setApart() {
        quotas.add(Map.of(
                "saleId",
                sale,
                "sku",
                "tea",
                "quota",
                100,
                "setApartAt",
                Instant.now().minusSeconds(3600)));
    }

    private void sale(SaleStage stage) {
        String why = stage == SaleStage.REFUSED ? "'quota-exceeds-stock'" : "null";
        database.jdbc().update("""
                        insert into sale (sale_id, idempotency_key, sku, quota, unit_price_minor, currency, per_buyer_limit,
                            opens_at, closes_at, stage, reason_code, reason_detail, created_at, changed_at, asked_opens_at)
                        values (?, ?, 'tea', 100, 1, 'CNY', 1, now(3), now(3) + interval 1 hour, ?, %s, %s, now(3),
                            now(3) + interval 1 hour, now(3))
                        """.formatted(why, why), sale, sale, stage.name());
    }

    private void lookTwice() {
        for (int i = 0; i < 2; i++) {
            reconciliation.runNow("a test", "it wants to know");
        }
    }

    private List<KnownFinding> findings() {
        return reconciliation.findings(FindingState.OPEN, 1_000).stream()
                .filter(finding -> finding.subject().equals(sale))
                .toList();
    }

    private Outcome outcome() {
        return reconciliation.checks().stream()
                .filter(check -> check.name().equals("quotas-have-sales"))
                .findFirst()
                .orElseThrow()
                .last()
                .outcome();
    }
}
