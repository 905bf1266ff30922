package io.holdfast.gateway.charge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.gateway.Caller;
import io.holdfast.gateway.OnRealDatabase;
import io.holdfast.gateway.OnRealDatabase.Database;
import io.holdfast.gateway.charge.Outcome.Answer;
import io.holdfast.gateway.charge.Outcome.Effected;
import io.holdfast.gateway.ledger.Ledger;
import io.holdfast.gateway.model.CardToken;
import io.holdfast.gateway.model.Charge;
import io.holdfast.gateway.model.ChargeId;
import io.holdfast.gateway.model.ChargeStatus;
import io.holdfast.gateway.model.Money;
import io.holdfast.gateway.model.Reference;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;

/** Time and ids are the test's. */
@OnRealDatabase
class ChargesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00.123456789Z");
    private static final Money AMOUNT = new Money(500, "CNY");

    private final Charges charges;
    private final ChargeRepository book;
    private final Database database;
    private final SetClock clock = new SetClock();
    private final String key = Caller.fresh("key");
    private final Reference reference = new Reference(Caller.fresh("order"));
    private final ChargeId id = new ChargeId(Caller.fresh("ch").replace("-", "_"));

    ChargesTest(
            @Autowired ChargeRepository book,
            @Autowired Ledger ledger,
            @Autowired PlatformTransactionManager transactions,
            @Autowired Database database) {
        this.book = book;
        this.database = database;
        this.charges = new Charges(book, ledger, transactions, () -> id, Clock.tick(clock, Duration.ofMillis(1)));
    }

    @Test
    void timeIsTheClocksInMillisecondsAndARepetitionTellsTheFirstTime() {
        Effected first = authorize();
        Instant kept = Instant.parse("2026-01-01T00:00:00.123Z");
        assertThat(first)
                .isEqualTo(new Effected(
                        new Charge(id, reference, AMOUNT, ChargeStatus.AUTHORIZED, Optional.empty(), kept, kept),
                        Answer.FIRST));

        clock.now = START.plusSeconds(60);
        Effected captured = (Effected) charges.capture("c" + key, id, Issuer.DECIDES_BY_CARD);
        clock.now = START.plusSeconds(120);

        assertThat(captured.charge().createdAt()).isEqualTo(kept);
        assertThat(captured.charge().changedAt()).isEqualTo(kept.plusSeconds(60));
        assertThat(authorize()).isEqualTo(new Effected(first.charge(), Answer.REPEATED));
        assertThat(charges.capture("c" + key, id, Issuer.DECIDES_BY_CARD))
                .isEqualTo(new Effected(captured.charge(), Answer.REPEATED));
        assertThat(book.find(id)).contains(captured.charge());
    }

    @Test
    void anIdThatIsTakenIsNoChargeAndNoEntry() {
        authorize();

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> charges.authorize(
                        "other" + key, reference, AMOUNT, new CardToken("tok_ok"), Issuer.DECIDES_BY_CARD));

        assertThat(database.jdbc()
                        .queryForObject(
                                "select count(*) from ledger_entry where idempotency_key = ?",
                                Integer.class,
                                "other" + key))
                .isZero();
    }

    @Test
    void aStepWhoseEntryCannotBeWrittenIsNotTaken() {
        authorize();
        // As if the ledger had seen the capture before: its second one breaks a rule of the schema.
        database.jdbc().update("""
                        insert into ledger_entry (idempotency_key, fingerprint, charge_id, reference, operation, amount,
                            currency, effect, refusal, charge_status, created_at)
                        select ?, fingerprint, charge_id, reference, 'CAPTURE', amount, currency, 'CAPTURED', null,
                            'CAPTURED', created_at
                        from ledger_entry where idempotency_key = ?
                        """, "ghost" + key, key);

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> charges.capture("c" + key, id, Issuer.DECIDES_BY_CARD));

        assertThat(book.find(id).orElseThrow().status()).isEqualTo(ChargeStatus.AUTHORIZED);
    }

    private Effected authorize() {
        return (Effected) charges.authorize(key, reference, AMOUNT, new CardToken("tok_ok"), Issuer.DECIDES_BY_CARD);
    }

    private static final class SetClock extends Clock {

        private Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("nobody asks for the zone");
        }
    }
}
