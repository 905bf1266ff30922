package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.StandInCoordinator;
import io.holdfast.payment.StandInCoordinator.Coordinator.CardBranch;
import io.holdfast.payment.StandInGateway.Trouble;
import io.holdfast.payment.gateway.CardGateway;
import io.holdfast.payment.model.CardToken;
import io.holdfast.payment.model.ChargeStatus;
import io.holdfast.payment.model.OrderId;
import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.NotYetException;
import io.holdfast.tcc.retry.ActionPolicies;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The way of a card payment, whatever the gateway does and wherever it is interrupted. */
@ExtendWith(OutputCaptureExtension.class)
class CardPaymentTest extends OnCards {

    private static final GiveUpReason DEADLINE = new GiveUpReason(GiveUpReason.Cause.DEADLINE, "no answer");

    private final Authorizations authorizations;
    private final Charges charges;
    private final ChargeMapper mapper;
    private final CardGateway client;
    private final PlatformTransactionManager transactionManager;
    private final TransactionTemplate transaction;
    private final ActionPolicies policies;

    CardPaymentTest(
            @Autowired ApplicationContext service,
            @Autowired Authorizations authorizations,
            @Autowired Charges charges,
            @Autowired ChargeMapper mapper,
            @Autowired CardGateway client,
            @Autowired PlatformTransactionManager transactionManager,
            @Autowired ActionPolicies policies) {
        super(service);
        this.authorizations = authorizations;
        this.charges = charges;
        this.mapper = mapper;
        this.client = client;
        this.transactionManager = transactionManager;
        this.transaction = new TransactionTemplate(transactionManager);
        this.policies = policies;
    }

    @Test
    void aPaymentIsAuthorizedOnceAndCapturedOnce() {
        CardBranch branch = opened();
        open().expectStatus().isOk();
        authorize().expectStatus().isOk().expectBody().jsonPath("$.orderId").isEqualTo(order);
        authorize().expectStatus().isOk();
        outcomeIs("OPEN", "");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED");

        branch.capture();
        paymentBecomes("CAPTURED");
        assertThat(branch.capture()).isTrue();

        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED");
        assertThat(charge()).isEqualTo("CAPTURED");
        outcomeIs("CAPTURED", "");
        get("/payments?orderId=" + order)
                .expectStatus()
                .isOk()
                .expectBody()
                .json("""
                        {"orderId":"%s","buyerId":"carla","method":"CARD","status":"CAPTURED","attempts":0,
                         "amount":{"minor":1999,"currency":"CNY"},"reason":null}""".formatted(order))
                .jsonPath("$.gatewayId")
                .value(String.class, id -> assertThat(id).startsWith("ch_"));
        assertThat(jdbc.queryForList("select * from account where buyer_id = 'carla'"))
                .as("a card payment moves no wallet money and needs none")
                .isEmpty();
    }

    @Test
    void aDeclinedCardIsToldWithTheGatewaysReasonAndHoldsNothing() {
        CardBranch branch = opened();

        for (int i = 0; i < 2; i++) {
            authorize("tok_expired-1")
                    .expectStatus()
                    .isEqualTo(402)
                    .expectBody()
                    .json("""
                            {"code":"payment-declined","declineCode":"card-expired",
                             "refusals":[{"orderId":"%s","code":"payment-declined"}]}""".formatted(order));
        }
        assertThat(branch.release()).isTrue();

        assertThat(payment()).isEqualTo("RELEASED");
        assertThat(charge()).isEqualTo("DECLINED");
        assertThat(voidOrRefundStatus()).isEmpty();
        assertThat(gateway.effectsOn(order)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENT_AFTER", "FAILS_AFTER"})
    void anAuthorizeThatTookEffectAndWasNotAnsweredIsFoundByAQuery(Trouble trouble) {
        opened();
        gateway.next("authorize", trouble);

        authorize().expectStatus().isOk();

        assertThat(charge()).isEqualTo("AUTHORIZED");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED");
    }

    @ParameterizedTest
    @EnumSource(names = {"HANGS_UP", "FAILS_BEFORE"})
    void anAuthorizeThatDidNotArriveIsMadeAgainWithTheSameKey(Trouble trouble) {
        opened();
        gateway.next("authorize", trouble);

        authorize().expectStatus().isOk();

        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED");
    }

    @Test
    void aGatewayThatIsAwayIsUnknownAndAfterTheRollbackItIsLookedForAWhile() {
        CardBranch branch = opened();
        gateway.goAway();

        problem(authorize(), 503, "payment-unknown");
        assertThat(charge()).isEqualTo("INTENDED");
        assertThat(branch.release()).isTrue();
        assertThat(payment()).isEqualTo("RELEASED");
        carryOutDue();
        assertThat(voidOrRefundStatus()).containsExactly("DUE");

        gateway.comeBack();
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            carryOutDue();
            assertThat(lastError()).contains("knows no charge");
        });
        assertThat(voidOrRefundStatus()).containsExactly("DUE");

        jdbc.update("update void_or_refund set created_at = created_at - interval 3 minute");
        voidOrRefundEndsAs("NOTHING");
        assertThat(charge()).isEqualTo("ABSENT");
    }

    @Test
    void anAuthorizeThatTakesEffectAfterTheRollbackIsFoundAndVoided() {
        CardBranch branch = opened();
        gateway.next("authorize", Trouble.LATE, Trouble.HANGS_UP);
        problem(authorize(), 503, "payment-unknown");
        branch.release();
        carryOutDue();
        assertThat(voidOrRefundStatus()).containsExactly("DUE");

        gateway.letLateOnesGo();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> gateway.effectsOn(order).contains("AUTHORIZED"));

        voidOrRefundEndsAs("VOIDED");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENT_AFTER", "FAILS_AFTER"})
    void aCaptureThatTookEffectAndWasNotAnsweredIsFoundByAQuery(Trouble trouble) {
        CardBranch branch = authorized();
        gateway.next("capture", trouble);

        branch.capture();
        paymentBecomes("CAPTURED");

        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED");
    }

    @Test
    void aCaptureThatFailsIsAttemptedAgainAndTheAttemptsAreShown() {
        CardBranch branch = authorized();
        gateway.next("capture", Collections.nCopies(4, Trouble.FAILS_BEFORE).toArray(Trouble[]::new));

        assertThat(branch.capture()).isFalse();
        paymentBecomes("CAPTURED");

        get("/payments?orderId=" + order).expectBody().jsonPath("$.attempts").isEqualTo(4);
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED");
    }

    @Test
    void aCaptureThatIsRefusedIsGivenUpAndTheChargeIsVoided() {
        CardBranch branch = authorized();
        gateway.next("capture", Trouble.DECLINES);

        branch.capture();
        paymentBecomes("GIVEN_UP");

        assertThat(branch.capture()).as("what the coordinator is told").isTrue();
        assertThat(charge()).isEqualTo("VOIDED");
        assertThat(voidOrRefundStatus()).isEmpty();
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
        outcomeIs("GIVEN_UP", "card-declined");
        get("/payments?orderId=" + order)
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("GIVEN_UP")
                .jsonPath("$.reason")
                .value(String.class, reason -> assertThat(reason).startsWith("refused: "));
        problem(post("/internal/payments", StandInCoordinator.newXid(), """
                        {"method":"CARD","orders":[{"orderId":"%s","buyerId":"carla","amount":{"minor":1999,"currency":"CNY"}}]}""".formatted(order)), 409, "order-busy");
    }

    @Test
    void aChargeThatSomebodyVoidedIsGivenUpAndNothingMoreIsDone() {
        CardBranch branch = authorized();
        gateway.changeByHand(order, "VOIDED");

        branch.capture();
        paymentBecomes("GIVEN_UP");

        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
        assertThat(charge()).isEqualTo("VOIDED");
        assertThat(voidOrRefundStatus()).isEmpty();
    }

    @Test
    void aPaymentThatNobodyAuthorizedIsGivenUp() {
        CardBranch branch = opened();

        branch.capture();
        paymentBecomes("GIVEN_UP");

        outcomeIs("GIVEN_UP", "never authorized");
        assertThat(voidOrRefundStatus()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENT_AFTER", "FAILS_AFTER", "FAILS_BEFORE", "HANGS_UP"})
    void aReleasedPaymentIsVoidedOnceWhateverTheVoidMeets(Trouble trouble) {
        CardBranch branch = authorized();
        gateway.next("void", trouble);

        assertThat(branch.release()).isTrue();
        assertThat(branch.release()).isTrue();
        assertThat(voidOrRefundStatus()).containsExactly("DUE");
        assertThat(gateway.effectsOn(order)).as("nobody waits for it").containsExactly("AUTHORIZED");

        voidOrRefundEndsAs("VOIDED");
        assertThat(charge()).isEqualTo("VOIDED");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
    }

    @Test
    void whatIsFoundCapturedAfterTheReleaseIsRefundedOnce() {
        CardBranch branch = authorized();
        branch.release();
        gateway.changeByHand(order, "CAPTURED");
        gateway.next("refund", Trouble.SILENT_AFTER);

        voidOrRefundEndsAs("REFUNDED");

        assertThat(charge()).isEqualTo("REFUNDED");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED", "REFUNDED");
    }

    @Test
    void aVoidThatIsRefusedForGoodIsTriedAgainUnderAnotherKey(CapturedOutput output) {
        CardBranch branch = authorized();
        branch.release();
        gateway.next("void", Trouble.DECLINES, Trouble.DECLINES);

        voidOrRefundEndsAs("VOIDED");

        assertThat(output.getAll()).contains("ALARM the gateway refuses to undo the charge of order " + order);
        assertThat(jdbc.queryForObject("""
                        select refusals from void_or_refund o join card_charge c on c.charge_key = o.charge_key
                        where order_id = ?
                        """, Integer.class, order)).isEqualTo(2);
    }

    @Test
    void anOrderThatWasReleasedIsPaidAnewWithAnotherCharge() {
        CardBranch branch = authorized();
        branch.release();
        String again = StandInCoordinator.newXid();

        post("/internal/payments", again, """
                {"method":"CARD","orders":[{"orderId":"%s-b","buyerId":"carla","amount":{"minor":1999,"currency":"CNY"}}]}""".formatted(order)).expectStatus().isOk();
        problem(authorize(), 409, "payment-not-open");

        voidOrRefundEndsAs("VOIDED");
    }

    @Test
    void onlyWhatIsOpenInTheSameTransactionIsAuthorizedAndWithOneCardOnly() {
        problem(authorize(), 409, "payment-not-open");
        opened();
        String body = "{\"orderId\":\"%s\",\"token\":\"tok_ok\"}".formatted(order);
        problem(post("/internal/payments/authorizations", "", body), 400, "xid-required");
        problem(post("/internal/payments/authorizations", StandInCoordinator.newXid(), body), 409, "payment-not-open");
        problem(authorize("4111111111111111"), 400, "invalid-request");
        authorize("tok_ok-1").expectStatus().isOk();
        problem(authorize("tok_ok-2"), 409, "payment-busy");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED");
    }

    @Test
    void theTokenIsInNoRowAndInNoLog(CapturedOutput output) {
        gateway.next("authorize", Trouble.FAILS_AFTER);
        CardBranch branch = authorized();
        branch.capture();
        paymentBecomes("CAPTURED");
        assertThat(output.getAll()).contains(order + " goes from INTENDED to AUTHORIZED");

        assertThat(output.getAll()).doesNotContain(TOKEN);
        StringBuilder rows = new StringBuilder();
        for (String table : List.of("payment", "card_charge", "void_or_refund", "tcc_fence_log", "order_claim")) {
            rows.append(jdbc.queryForList("select * from " + table));
        }
        assertThat(rows.toString()).contains(order).doesNotContain(TOKEN);
    }

    @Test
    void aWalletAsksNoGateway() {
        gateway.goAway();
        jdbc.update("insert into account values ('walter-%1$s', 'CNY', 100, 100, 0, 0)".formatted(order));
        int calls =
                gateway.callsOf("query").size() + gateway.callsOf("authorize").size();
        post("/internal/payments", """
                {"orders":[{"orderId":"%1$s","buyerId":"walter-%1$s","amount":{"minor":40,"currency":"CNY"}}]}""".formatted(order)).expectStatus().isOk();
        long branchId = jdbc.queryForObject("select branch_id from payment where order_id = ?", Long.class, order);

        problem(authorize(), 409, "payment-not-open");
        assertThat(coordinator.branch(xid, branchId).capture()).isTrue();

        assertThat(payment()).isEqualTo("CAPTURED");
        assertThat(gateway.callsOf("query").size()
                        + gateway.callsOf("authorize").size())
                .isEqualTo(calls);
        assertThat(jdbc.queryForObject("select spent from account where buyer_id = ?", Long.class, "walter-" + order))
                .isEqualTo(40);
    }

    @Test
    void onlyCardsAreConfirmedOutsideTheCoordinatorsCall() {
        assertThat(policies.of("payment.card").async()).isTrue();
        assertThat(policies.of("payment.open").async()).isFalse();
    }

    @Test
    void whoComesWhileAllPlacesAreTakenIsToldAtOnceAndNothingIsSent() throws Exception {
        CardProperties one = new CardProperties(
                new CardProperties.Authorization(Duration.ofSeconds(4), 4, 1),
                new CardProperties.VoidOrRefund(
                        false,
                        Duration.ofHours(1),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(2),
                        1));
        Authorizations narrow =
                new Authorizations(mapper, client, transactionManager, one, Clock.tickMillis(ZoneOffset.UTC));
        opened();
        gateway.next("authorize", Trouble.LATE);
        int calls = gateway.callsOf("authorize").size();
        CompletableFuture<AuthorizationOutcome> first =
                CompletableFuture.supplyAsync(() -> narrow.authorize(xid, new OrderId(order), new CardToken(TOKEN)));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> gateway.callsOf("authorize").size() > calls);

        assertThat(narrow.authorize(xid, new OrderId("another"), new CardToken(TOKEN)))
                .isEqualTo(new AuthorizationOutcome.Unknown("nothing was sent: 1 authorizations are under way"));

        assertThat(first.get(20, TimeUnit.SECONDS)).isInstanceOf(AuthorizationOutcome.Authorized.class);
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED");
    }

    @Test
    void aReleaseWaitsForAnIntentThatIsBeingWrittenAndThenSeesIt() throws Exception {
        CardBranch branch = opened();
        CompletableFuture<Boolean> released = transaction.execute(status -> {
            mapper.lockOpenPayment(xid, order).orElseThrow();
            CompletableFuture<Boolean> release = CompletableFuture.supplyAsync(branch::release);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> jdbc.queryForObject(
                                    "select count(*) from information_schema.innodb_lock_waits", Integer.class)
                            > 0);
            String key = ChargeRow.keyOf(xid, branch.branchId, order);
            LocalDateTime now = LocalDateTime.now(Clock.tickMillis(ZoneOffset.UTC));
            mapper.insert(new ChargeRow(
                    xid,
                    branch.branchId,
                    order,
                    key,
                    1999,
                    "CNY",
                    ChargeRow.fingerprintOf(key, TOKEN),
                    ChargeStatus.INTENDED,
                    null,
                    null,
                    now,
                    now));
            return release;
        });

        assertThat(released.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(payment()).isEqualTo("RELEASED");
        assertThat(voidOrRefundStatus()).containsExactly("DUE");
    }

    // Killed, at each step that is durable

    @Test
    void killedAfterTheIntentNothingIsHeldAndThatIsFoundOut() {
        CardBranch branch = opened();
        authorizations.intend(xid, new OrderId(order), new CardToken(TOKEN));

        assertThat(branch.release()).isTrue();
        jdbc.update("update void_or_refund set created_at = created_at - interval 3 minute");

        voidOrRefundEndsAs("NOTHING");
    }

    @Test
    void killedAfterTheCallWhatIsHeldIsFoundByItsKeyAndVoided() {
        CardBranch branch = opened();
        ChargeRow charge = authorizations.intend(xid, new OrderId(order), new CardToken(TOKEN));
        client.authorize(charge.authorizeKey(), charge.order(), charge.money(), new CardToken(TOKEN));

        branch.release();

        voidOrRefundEndsAs("VOIDED");
    }

    @Test
    void killedAfterTheCallTheSameAuthorizationGetsTheSameCharge() {
        opened();
        ChargeRow charge = authorizations.intend(xid, new OrderId(order), new CardToken(TOKEN));
        client.authorize(charge.authorizeKey(), charge.order(), charge.money(), new CardToken(TOKEN));

        authorize().expectStatus().isOk();

        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED");
    }

    @Test
    void anAuthorizationWhosePaymentWasReleasedMeanwhileIsNotCalledOne() {
        CardBranch branch = opened();
        ChargeRow charge = authorizations.intend(xid, new OrderId(order), new CardToken(TOKEN));
        branch.release();

        assertThat(authorizations.record(
                        charge,
                        client.authorize(charge.authorizeKey(), charge.order(), charge.money(), new CardToken(TOKEN))))
                .isInstanceOf(AuthorizationOutcome.NotOpen.class);

        voidOrRefundEndsAs("VOIDED");
    }

    @Test
    void killedBetweenTheCaptureAndItsRecordItIsCapturedOnce() {
        CardBranch branch = authorized();
        branch.steps().beforeConfirm(branch.context());
        assertThat(payment()).isEqualTo("OPEN");

        branch.capture();
        paymentBecomes("CAPTURED");

        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED");
    }

    @Test
    void killedWithinAGiveUpItIsVoidedOnceAndGivenUp() {
        CardBranch branch = authorized();
        gateway.next("void", Trouble.SILENT_AFTER);
        branch.steps().beforeGiveUp(branch.context(), DEADLINE);
        assertThat(charge()).isEqualTo("AUTHORIZED");
        branch.steps().beforeGiveUp(branch.context(), DEADLINE);
        branch.steps().beforeGiveUp(branch.context(), DEADLINE);
        assertThat(charge()).isEqualTo("VOIDED");

        transaction.executeWithoutResult(status -> branch.steps().giveUp(branch.context(), DEADLINE));

        assertThat(payment()).isEqualTo("GIVEN_UP");
        assertThat(voidOrRefundStatus()).isEmpty();
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
    }

    @Test
    void aCaptureThatTurnsOutToHaveSucceededWhenItIsGivenUpCompletesThePayment() {
        CardBranch branch = authorized();
        gateway.next("capture", Trouble.SILENT_AFTER);
        gateway.next("query", Trouble.FAILS_BEFORE);
        assertThatThrownBy(() -> branch.steps().beforeConfirm(branch.context())).isInstanceOf(NotYetException.class);

        branch.steps().beforeGiveUp(branch.context(), DEADLINE);
        transaction.executeWithoutResult(status -> branch.steps().giveUp(branch.context(), DEADLINE));

        assertThat(payment()).isEqualTo("CAPTURED");
        assertThat(charge()).isEqualTo("CAPTURED");
        assertThat(voidOrRefundStatus()).isEmpty();
        outcomeIs("CAPTURED", "");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED");
    }

    @Test
    void killedWhileUndoingTheLeaseEndsAndAnotherFindsItDone() {
        CardBranch branch = authorized();
        branch.release();
        ChargeRow charge = mapper.ofBranch(xid, branch.branchId).get(0);
        // As another instance picks it, that then dies after the void.
        assertThat(jdbc.update("""
                        update scheduled_tasks set picked = true, picked_by = 'dead', version = version + 1,
                            last_heartbeat = utc_timestamp(6)
                        where task_instance = ? and not picked
                        """, charge.chargeKey())).isEqualTo(1);
        charges.undo(charge, 0, Charges.Captured.IS_REFUNDED);
        carryOutDue();
        voidsAndRefunds.runDeadExecutionDetection();
        carryOutDue();
        assertThat(voidOrRefundStatus()).as("under the lease of the dead").containsExactly("DUE");

        jdbc.update(
                "update scheduled_tasks set last_heartbeat = last_heartbeat - interval 1 hour where picked_by = 'dead'");
        voidsAndRefunds.runDeadExecutionDetection();
        voidOrRefundEndsAs("VOIDED");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
    }

    private String lastError() {
        return String.valueOf(jdbc.queryForObject("""
                select last_error from void_or_refund o join card_charge c on c.charge_key = o.charge_key
                where order_id = ?
                """, String.class, order));
    }
}
