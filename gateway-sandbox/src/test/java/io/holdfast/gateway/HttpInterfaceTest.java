package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.gateway.Caller.Answer;
import io.holdfast.gateway.OnRealDatabase.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** What callers see of a gateway that behaves. */
@OnRealDatabase
@ExtendWith(OutputCaptureExtension.class)
class HttpInterfaceTest {

    private final Caller caller;
    private final JdbcTemplate jdbc;
    private final String key = Caller.fresh("key");
    private final String reference = Caller.fresh("order");

    HttpInterfaceTest(@LocalServerPort int port, @Autowired Database database) {
        this.caller = new Caller(port);
        this.jdbc = database.jdbc();
    }

    @AfterEach
    void behaveNormally() throws Exception {
        caller.behaveNormally();
    }

    @Test
    void aChargeIsAuthorizedCapturedAndRefunded() throws Exception {
        Answer authorized = caller.authorize(key, reference).is(201);
        String id = authorized.at("$.id");
        assertThat(authorized.headers()).containsEntry("location", "/charges/" + id);
        assertThat(authorized.<Map<String, Object>>at("$"))
                .containsOnlyKeys("id", "reference", "status", "amount", "declineCode", "createdAt", "changedAt")
                .containsEntry("reference", reference)
                .containsEntry("status", "AUTHORIZED")
                .containsEntry("amount", Map.of("minor", 1999, "currency", "CNY"))
                .containsEntry("declineCode", null);
        assertThat(caller.get("/charges/" + id).is(200).body()).isEqualTo(authorized.body());

        Answer captured = caller.step(id, "capture", Caller.fresh("key")).is(200);
        assertThat(captured.<String>at("$.status")).isEqualTo("CAPTURED");
        assertThat(caller.get("/charges/" + id).is(200).body()).isEqualTo(captured.body());

        Answer refunded = caller.step(id, "refund", Caller.fresh("key")).is(200);
        assertThat(refunded.<String>at("$.status")).isEqualTo("REFUNDED");
        assertThat(refunded.<String>at("$.createdAt")).isEqualTo(authorized.at("$.createdAt"));
        assertThat(caller.get("/charges/" + id).is(200).body()).isEqualTo(refunded.body());
    }

    @Test
    void aKeyIsAnsweredAsTheFirstTimeWhateverBecameOfTheChargeSince() throws Exception {
        Answer authorized = caller.authorize(key, reference).is(201);
        String id = authorized.at("$.id");
        String captureKey = Caller.fresh("key");
        Answer captured = caller.step(id, "capture", captureKey).is(200);
        caller.step(id, "refund", Caller.fresh("key")).is(200);

        Answer authorizedAgain = caller.authorize(key, reference).is(201);
        Answer capturedAgain = caller.step(id, "capture", captureKey).is(200);

        assertThat(authorizedAgain.body()).isEqualTo(authorized.body());
        assertThat(authorizedAgain.headers()).containsEntry("location", "/charges/" + id);
        assertThat(capturedAgain.body()).isEqualTo(captured.body());
        assertThat(List.of(authorized.isReplayed(), captured.isReplayed())).containsOnly(false);
        assertThat(List.of(authorizedAgain.isReplayed(), capturedAgain.isReplayed()))
                .containsOnly(true);
        assertThat(jdbc.queryForObject("select count(*) from charge where reference = ?", Integer.class, reference))
                .isEqualTo(1);
    }

    @Test
    void aKeyThatComesWithAnotherRequestIsRefused() throws Exception {
        String id = caller.authorize(key, reference).is(201).at("$.id");
        String other = caller.authorized(reference, 5);

        caller.authorize(key, reference, 2000, "tok_ok").isProblem(422, "idempotency-key-reused");
        caller.authorize(key, reference + "x", 1999, "tok_ok").isProblem(422, "idempotency-key-reused");
        caller.authorize(key, reference, 1999, "tok_ok_2").isProblem(422, "idempotency-key-reused");
        caller.post("/charges", key, Caller.order(reference, 1999, "tok_ok").replace("CNY", "EUR"))
                .isProblem(422, "idempotency-key-reused");
        caller.step(id, "capture", key).isProblem(422, "idempotency-key-reused");
        String captureKey = Caller.fresh("key");
        caller.step(id, "capture", captureKey).is(200);
        caller.step(id, "refund", captureKey).isProblem(422, "idempotency-key-reused");
        caller.step(other, "capture", captureKey).isProblem(422, "idempotency-key-reused");

        assertThat(caller.get("/charges/" + id).<String>at("$.status")).isEqualTo("CAPTURED");
        assertThat(caller.get("/charges/" + other).<String>at("$.status")).isEqualTo("AUTHORIZED");
    }

    @ParameterizedTest
    @CsvSource({
        "'', refund, charge-authorized, AUTHORIZED",
        "capture, capture, charge-captured, CAPTURED",
        "capture, void, charge-captured, CAPTURED",
        "void, capture, charge-voided, VOIDED",
        "void, void, charge-voided, VOIDED",
        "void, refund, charge-voided, VOIDED",
        "capture+refund, capture, charge-refunded, REFUNDED",
        "capture+refund, void, charge-refunded, REFUNDED",
        "capture+refund, refund, charge-refunded, REFUNDED"
    })
    void aStepThatIsNotInTheTableIsAConflictAndStaysOne(String before, String step, String code, String status)
            throws Exception {
        String id = caller.authorized(reference, 5);
        for (String earlier : before.isEmpty() ? new String[0] : before.split("\\+")) {
            caller.step(id, earlier, Caller.fresh("key")).is(200);
        }

        Answer refused = caller.step(id, step, key).isProblem(409, code);

        assertThat(refused.<String>at("$.chargeId")).isEqualTo(id);
        assertThat(refused.<String>at("$.chargeStatus")).isEqualTo(status);
        assertThat(caller.get("/charges/" + id).<String>at("$.status")).isEqualTo(status);
        if (step.equals("refund") && before.isEmpty()) {
            // The same key is not asked anew, although it would be served by now.
            caller.step(id, "capture", Caller.fresh("key")).is(200);
        }
        assertThat(caller.step(id, step, key).isProblem(409, code).isReplayed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "tok_declined, card-declined",
        "tok_insufficient_funds, insufficient-funds",
        "tok_expired, card-expired",
        "tok_nobody, card-unknown"
    })
    void aDeclinedCardMakesAChargeThatStaysDeclined(String token, String code) throws Exception {
        Answer declined = caller.authorize(key, reference, 1999, token).isProblem(402, code);
        String id = declined.at("$.chargeId");

        assertThat(caller.authorize(key, reference, 1999, token)
                        .isProblem(402, code)
                        .<String>at("$.chargeId"))
                .isEqualTo(id);
        Answer charge = caller.get("/charges/" + id).is(200);
        assertThat(charge.<String>at("$.status")).isEqualTo("DECLINED");
        assertThat(charge.<String>at("$.declineCode")).isEqualTo(code);
        for (String step : List.of("capture", "void", "refund")) {
            caller.step(id, step, Caller.fresh("key")).isProblem(409, "charge-declined");
        }
    }

    @Test
    void aChargeIsFoundByItsReferenceOrByTheKeyThatCreatedIt() throws Exception {
        assertThat(caller.get("/charges?reference=" + reference).is(200).body())
                .isEqualTo("{\"charges\":[],\"nextPage\":null}");
        assertThat(caller.get("/charges?idempotencyKey=" + key).is(200).body())
                .isEqualTo("{\"charges\":[],\"nextPage\":null}");
        Answer first = caller.authorize(key, reference).is(201);
        caller.step(first.at("$.id"), "void", Caller.fresh("key")).is(200);
        String second = caller.authorized(reference, 7);

        assertThat(caller.get("/charges?reference=" + reference).is(200).<List<String>>at("$.charges[*].id"))
                .containsExactlyInAnyOrder(first.at("$.id"), second);
        Answer byKey = caller.get("/charges?idempotencyKey=" + key).is(200);
        assertThat(byKey.<List<String>>at("$.charges[*].id")).containsExactly(first.<String>at("$.id"));
        assertThat(byKey.<String>at("$.charges[0].status")).isEqualTo("VOIDED");
    }

    @Test
    void theKeyOfALaterStepFindsNoCharge() throws Exception {
        caller.step(caller.authorized(reference, 5), "capture", key).is(200);

        assertThat(caller.get("/charges?idempotencyKey=" + key).is(200).<List<?>>at("$.charges"))
                .isEmpty();
    }

    @Test
    void manyChargesOfAReferenceArePaged() throws Exception {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(caller.authorized(reference, 7));
        }
        List<String> seen = new ArrayList<>();
        Integer page = 0;
        while (page != null) {
            Answer answer = caller.get("/charges?reference=%s&size=2&page=%d".formatted(reference, page));
            List<String> ids = answer.is(200).at("$.charges[*].id");
            assertThat(ids).hasSizeLessThanOrEqualTo(2);
            seen.addAll(ids);
            page = answer.at("$.nextPage");
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(made);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"reference\":\"o\",\"amount\":{\"minor\":1,\"currency\":\"CNY\"}}",
                "{\"reference\":\"o\",\"token\":\"tok_ok\"}",
                "{\"amount\":{\"minor\":1,\"currency\":\"CNY\"},\"token\":\"tok_ok\"}",
                "{\"reference\":\"o'\",\"amount\":{\"minor\":1,\"currency\":\"CNY\"},\"token\":\"tok_ok\"}",
                "{\"reference\":\"o\",\"amount\":{\"minor\":0,\"currency\":\"CNY\"},\"token\":\"tok_ok\"}",
                "{\"reference\":\"o\",\"amount\":{\"minor\":-5,\"currency\":\"CNY\"},\"token\":\"tok_ok\"}",
                "{\"reference\":\"o\",\"amount\":{\"minor\":1.5,\"currency\":\"CNY\"},\"token\":\"tok_ok\"}",
                "{\"reference\":\"o\",\"amount\":{\"minor\":\"1\",\"currency\":\"CNY\"},\"token\":\"tok_ok\"}",
                "{\"reference\":\"o\",\"amount\":{\"minor\":1,\"currency\":\"yuan\"},\"token\":\"tok_ok\"}",
                "{\"reference\":\"o\",\"amount\":{\"minor\":1,\"currency\":\"CNY\"},\"token\":\"4111111111111111\"}",
                "{\"reference\":\"o\",\"amount\":{\"minor\":1,\"currency\":\"CNY\"},\"token\":\"tok_ok\",\"cvc\":\"123\"}",
                "{\"reference\":\"o\",\"amount\":{\"minor\":1,\"currency\":\"CNY\"},\"token\":\"tok_ok\"} more"
            })
    void aBadAuthorizeIsAProblemAndLeavesNoTrace(String body) throws Exception {
        Answer refused = caller.post("/charges", key, body).is(400);

        assertThat(refused.<String>at("$.code")).isIn("invalid-request", "malformed-json");
        assertThat(caller.get("/charges?idempotencyKey=" + key).<List<?>>at("$.charges"))
                .isEmpty();
        // The key is not used up.
        caller.authorize(key, reference).is(201);
    }

    @Test
    void everyPostNeedsAKey() throws Exception {
        String id = caller.authorized(reference, 5);

        caller.post("/charges", null, Caller.order(reference, 5, "tok_ok")).isProblem(400, "idempotency-key-missing");
        for (String step : List.of("capture", "void", "refund")) {
            caller.step(id, step, null).isProblem(400, "idempotency-key-missing");
            caller.step(id, step, "k".repeat(65)).isProblem(400, "idempotency-key-invalid");
        }
        assertThat(caller.get("/charges/" + id).<String>at("$.status")).isEqualTo("AUTHORIZED");
    }

    @Test
    void whoAsksForAPartOfAChargeIsRefusedAndNotMisunderstood() throws Exception {
        String id = caller.authorized(reference, 500);

        caller.post("/charges/" + id + "/capture", key, "{\"amount\":{\"minor\":100,\"currency\":\"CNY\"}}")
                .isProblem(400, "invalid-request");

        assertThat(caller.get("/charges/" + id).<String>at("$.status")).isEqualTo("AUTHORIZED");
        caller.post("/charges/" + id + "/capture", key, "{}").is(200);
    }

    @Test
    void whatIsNotThereIsToldApartFromWhatIsNotUnderstood() throws Exception {
        caller.get("/charges/ch_0").isProblem(404, "unknown-charge");
        caller.step("ch_0", "capture", key).isProblem(404, "unknown-charge");
        caller.get("/charges/1'or'1'='1").isProblem(400, "invalid-request");
        caller.get("/charges").isProblem(400, "invalid-request");
        caller.get("/charges?reference=a&idempotencyKey=b").isProblem(400, "invalid-request");
        caller.get("/charges?reference=a'b").isProblem(400, "invalid-request");
        caller.get("/charges?reference=a&size=0").isProblem(400, "invalid-request");
        caller.get("/charges?reference=a&size=101").isProblem(400, "invalid-request");
        caller.get("/charges?reference=a&page=-1").isProblem(400, "invalid-request");
        caller.get("/ledger?size=1001").isProblem(400, "invalid-request");
        caller.get("/ledger?after=x").isProblem(400, "invalid-request");
        caller.get("/ledger?reference='").isProblem(400, "invalid-request");
        caller.post("/charges/ch_0/forget", key, null).isProblem(404, "not-found");
        caller.answered("DELETE", "/charges/ch_0", null, null).isProblem(405, "method-not-allowed");
        // The unknown charge did not use the key up.
        caller.authorize(key, reference).is(201);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|rules",
                "{'rules':[null]}|rules[0]",
                "{'rules':[{}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'UNREACHABLE'}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'UNREACHABLE','rate':1,'times':1}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'UNREACHABLE','rate':1.1}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'UNREACHABLE','rate':-0.1}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'UNREACHABLE','times':0}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'UNREACHABLE','times':1000001}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'UNREACHABLE','times':1,'delayMillis':5}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'LATE','times':1}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'LATE','times':1,'delayMillis':0}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'EFFECT_THEN_TIMEOUT','times':1,'delayMillis':60001}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'FAIL_BEFORE','times':1}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'FAIL_AFTER','times':1,'status':404}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'FAIL_AFTER','times':1,'status':599}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'DECLINE','times':1,'status':500}]}|rules[0]",
                "{'rules':[{'operation':'QUERY','kind':'DECLINE','times':1}]}|rules[0]",
                "{'rules':[{'operation':'AUTHORIZE','kind':'UNREACHABLE','times':1,'charge':'ch_1'}]}|rules[0]",
                "{'rules':[{'operation':'CAPTURE','kind':'UNREACHABLE','times':1,'charge':' '}]}|rules[0]",
                "{'rules':[{'operation':'LEDGER','kind':'DECLINE','times':1}]}|rules[0].operation",
                "{'rules':[{'operation':'ANY','kind':'EXPLODE','times':1}]}|rules[0].kind",
                "{'rules':[{'operation':'ANY','kind':'DECLINE','times':1.5}]}|rules[0].times",
                "{'rules':[{'operation':'ANY','kind':'DECLINE','times':1,'more':1}]}|rules[0].more"
            })
    void aBadRuleIsNamedAndTheRulesInForceStay(String body, String field) throws Exception {
        caller.behave("{\"operation\":\"CAPTURE\",\"kind\":\"DECLINE\",\"times\":7}");

        Answer refused = caller.answered("PUT", "/behaviour", null, body.replace('\'', '"'))
                .isProblem(400, "invalid-request");

        assertThat(refused.<String>at("$.errors[0].field")).isEqualTo(field);
        assertThat(caller.get("/behaviour").is(200).<Map<String, Object>>at("$.rules[0]"))
                .containsEntry("kind", "DECLINE")
                .containsEntry("times", 7);
    }

    @Test
    void noMoreRulesAreTakenThanCanBeLookedAt() throws Exception {
        String rule = "{\"operation\":\"CAPTURE\",\"kind\":\"DECLINE\",\"times\":7}";

        caller.answered("PUT", "/behaviour", null, "{\"rules\":[" + (rule + ",").repeat(32) + rule + "]}")
                .isProblem(400, "invalid-request");
    }

    @Test
    void rulesAreShownWithWhatTheyDidAndForgottenWhenToldTo() throws Exception {
        Answer told = caller.answered("PUT", "/behaviour", null, """
                {"rules":[{"operation":"CAPTURE","kind":"FAIL_AFTER","status":502,"times":2},
                          {"operation":"ANY","kind":"LATE","delayMillis":1500,"rate":0}]}""");
        assertThat(told.is(200).body())
                .isEqualTo(caller.get("/behaviour").body())
                .isEqualTo("""
                {"rules":[{"operation":"CAPTURE","kind":"FAIL_AFTER","delayMillis":null,"status":502,"rate":null,\
                "times":2,"charge":null,"applied":0},{"operation":"ANY","kind":"LATE","delayMillis":1500,"status":null,"rate":0.0,\
                "times":null,"charge":null,"applied":0}],"held":0}""");

        caller.behaveNormally();

        assertThat(caller.get("/behaviour").is(200).body()).isEqualTo("{\"rules\":[],\"held\":0}");
    }

    @Test
    void theLedgerListsWhatWasDecidedInOrderAndItsSumsAgree() throws Exception {
        String id = caller.authorize(key, reference, 500, "tok_ok").is(201).at("$.id");
        caller.authorize(key, reference, 500, "tok_ok").is(201);
        caller.step(id, "capture", "c" + key).is(200);
        caller.step(id, "void", "v" + key).is(409);
        caller.step(id, "refund", "r" + key).is(200);
        String second = caller.authorized(reference, 30);
        caller.step(second, "void", "w" + key).is(200);
        String third = caller.authorized(reference, 7);
        caller.step(third, "capture", "x" + key).is(200);
        caller.authorized(reference, 1);
        caller.authorize("d" + key, reference, 9999, "tok_declined").is(402);

        Answer all = caller.get("/ledger?reference=" + reference).is(200);
        assertThat(all.<List<String>>at("$.entries[*].effect"))
                .containsExactly(
                        "AUTHORIZED",
                        "CAPTURED",
                        "NONE",
                        "REFUNDED",
                        "AUTHORIZED",
                        "VOIDED",
                        "AUTHORIZED",
                        "CAPTURED",
                        "AUTHORIZED",
                        "NONE");
        assertThat(all.<Map<String, Object>>at("$.entries[2]"))
                .containsOnlyKeys(
                        "number",
                        "chargeId",
                        "reference",
                        "operation",
                        "amount",
                        "effect",
                        "refusal",
                        "idempotencyKey",
                        "at")
                .containsEntry("chargeId", id)
                .containsEntry("operation", "VOID")
                .containsEntry("refusal", "charge-captured")
                .containsEntry("idempotencyKey", "v" + key);
        assertThat(caller.get("/ledger/totals?reference=" + reference).is(200).body())
                .isEqualTo("{\"totals\":[{\"authorized\":" + cny(538) + ",\"captured\":" + cny(507) + ",\"voided\":"
                        + cny(30) + ",\"refunded\":" + cny(500) + ",\"held\":" + cny(1) + ",\"taken\":" + cny(7)
                        + "}]}");
        theLedgerAgreesWithTheCharges();
    }

    @Test
    void theLedgerIsReadPageByPageWithoutGaps() throws Exception {
        for (int i = 0; i < 7; i++) {
            caller.authorized(reference, 1);
        }
        for (String filter : List.of("", "&reference=" + reference)) {
            List<Integer> numbers = new ArrayList<>();
            Integer after = 0;
            while (after != null) {
                Answer page =
                        caller.get("/ledger?size=3&after=" + after + filter).is(200);
                numbers.addAll(page.<List<Integer>>at("$.entries[*].number"));
                after = page.at("$.next");
            }
            List<Integer> rows = jdbc.queryForList(
                    "select entry_no from ledger_entry where ? = '' or reference = ? order by entry_no",
                    Integer.class,
                    filter,
                    reference);
            assertThat(numbers).containsExactlyElementsOf(rows).hasSizeGreaterThanOrEqualTo(7);
        }
    }

    @Test
    void sumsMayOutgrowWhatASingleAmountMayBe() throws Exception {
        caller.authorized(reference, Long.MAX_VALUE);
        caller.authorized(reference, Long.MAX_VALUE);

        assertThat(caller.get("/ledger/totals?reference=" + reference).is(200).body())
                .contains("\"held\":{\"minor\":18446744073709551614,\"currency\":\"CNY\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update ledger_entry set amount = amount + 1",
                "delete from ledger_entry",
                "insert into charge select 'ch_x', reference, 0, currency, status, declined_as, created_at, changed_at"
                        + " from charge limit 1",
                "update charge set status = 'STOLEN' limit 1",
                "update charge set status = 'DECLINED' where status = 'AUTHORIZED' limit 1",
                "insert into ledger_entry (idempotency_key, fingerprint, charge_id, reference, operation, amount, currency,"
                        + " effect, refusal, charge_status, created_at) select 'another', fingerprint, charge_id, reference,"
                        + " operation, amount, currency, effect, refusal, charge_status, created_at from ledger_entry"
                        + " where effect = 'AUTHORIZED' limit 1"
            })
    void theSchemaItselfRefusesWhatTheProgramMustNotDo(String sql) throws Exception {
        caller.authorized(reference, 1);

        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> jdbc.update(sql))
                .satisfies(refused -> assertThat(refused.getMostSpecificCause().getMessage())
                        .containsAnyOf("append-only", "CONSTRAINT", "Duplicate entry"));
    }

    @Test
    void noTokenIsShownInAnAnswerOrALogOrKept(CapturedOutput output) throws Exception {
        String token = "tok_ok_Sesame" + reference.replaceAll("\\D", "");
        List<String> answers = new ArrayList<>();
        answers.add(caller.authorize(key, reference, 5, token).is(201).body());
        answers.add(caller.authorize(key, reference, 6, token).is(422).body());
        answers.add(caller.authorize("d" + key, reference, 5, token.replace("tok_ok", "tok_declined"))
                .is(402)
                .body());
        answers.add(
                caller.authorize("b" + key, reference, 5, token + " ").is(400).body());
        answers.add(caller.authorize("b" + key, reference, -5, token).is(400).body());
        answers.add(caller.post("/charges", "b" + key, "{\"token\":\"" + token + "\"")
                .is(400)
                .body());
        answers.add(caller.post("/charges", "b" + key, "{\"token\":\"" + token + "\",\"" + token + "\":1}")
                .is(400)
                .body()
                // The answer shows the name that the caller used: it is what the caller has to correct.
                .replace("\"field\":\"" + token + "\"", ""));
        caller.behave("{\"operation\":\"ANY\",\"kind\":\"FAIL_AFTER\",\"status\":500,\"times\":1}");
        answers.add(caller.authorize("f" + key, reference, 5, token).is(500).body());
        answers.add(caller.get("/charges?reference=" + reference).is(200).body());
        answers.add(caller.get("/ledger?reference=" + reference).is(200).body());

        assertThat(answers).allSatisfy(answer -> assertThat(answer).doesNotContain("Sesame"));
        assertThat(output.getAll()).contains("gateway-failure").doesNotContain("Sesame");
        assertThat(jdbc.queryForList("select * from charge where reference = ?", reference)
                        .toString())
                .doesNotContain("Sesame");
        assertThat(jdbc.queryForList("select * from ledger_entry where reference = ?", reference)
                        .toString())
                .doesNotContain("Sesame");
    }

    @Test
    void theInterfaceDescribesItself() throws Exception {
        Answer description = caller.get("/v3/api-docs").is(200);

        assertThat(description.<Map<String, Object>>at("$.paths"))
                .containsOnlyKeys(
                        "/charges",
                        "/charges/{id}",
                        "/charges/{id}/capture",
                        "/charges/{id}/void",
                        "/charges/{id}/refund",
                        "/behaviour",
                        "/ledger",
                        "/ledger/totals");
    }

    private void theLedgerAgreesWithTheCharges() {
        assertThat(jdbc.queryForList("""
                        select c.id from charge c left join ledger_entry e on e.charge_id = c.id
                        group by c.id, c.status, c.amount
                        having sum(e.effect = 'AUTHORIZED') <> (c.status <> 'DECLINED')
                            or sum(e.effect = 'CAPTURED') <> (c.status in ('CAPTURED', 'REFUNDED'))
                            or sum(e.effect = 'VOIDED') <> (c.status = 'VOIDED')
                            or sum(e.effect = 'REFUNDED') <> (c.status = 'REFUNDED')
                            or min(e.amount) <> c.amount or max(e.amount) <> c.amount
                        """)).isEmpty();
    }

    private static String cny(long minor) {
        return "{\"minor\":" + minor + ",\"currency\":\"CNY\"}";
    }
}
