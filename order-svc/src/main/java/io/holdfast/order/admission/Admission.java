package io.holdfast.order.admission;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.store.SaleBook.Held;
import io.holdfast.order.store.SaleBook.OrderKey;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may order in a sale. Never throws: if Redis does not answer at once, or is not used at all, it says so, and the database has to
 * decide.
 */
public class Admission {

    /** Counter, tag {@code verdict}: what those who wanted to order in a sale were told. */
    public static final String VERDICTS = "holdfast.order.admission";

    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private final @Nullable SaleCounters counters;
    private final CircuitBreaker breaker;
    private final SoldOutFlags flags;
    private final MissingSales missing;
    private final int mostBuyersRemembered;
    private final Instance instance;
    private final Clock clock;
    private final Map<Verdict, Counter> verdicts = new EnumMap<>(Verdict.class);

    Admission(
            @Nullable SaleCounters counters,
            CircuitBreaker breaker,
            SoldOutFlags flags,
            MissingSales missing,
            int mostBuyersRemembered,
            Instance instance,
            Clock clock,
            MeterRegistry meters) {
        this.counters = counters;
        this.breaker = breaker;
        breaker.getEventPublisher()
                .onStateTransition(event -> log.warn(
                        "Redis: {}; while it does not answer, the database alone decides who may order",
                        event.getStateTransition()));
        this.flags = flags;
        this.missing = missing;
        this.mostBuyersRemembered = mostBuyersRemembered;
        this.instance = instance;
        this.clock = clock;
        for (Verdict verdict : Verdict.values()) {
            verdicts.put(
                    verdict,
                    Counter.builder(VERDICTS)
                            .tag("verdict", verdict.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
    }

    /** Takes a slot of a sale that is open by this instance's clock, if there is one for this order. */
    public Verdict admit(Sale sale, OrderKey order, int pieces) {
        Verdict verdict = flags.isUpFor(order.buyer(), sale.id()) ? Verdict.SOLD_OUT : ask(sale, order, pieces);
        verdicts.get(verdict).increment();
        return verdict;
    }

    /** Whether the key has a slot, or had one that an order came of. */
    public Verdict look(Sale sale, OrderKey order) {
        SaleCounters redis = counters;
        if (redis == null) {
            return Verdict.UNCOUNTED;
        }
        return guarded(
                () -> {
                    if (redis.knows(sale, order)) {
                        return Verdict.REPEATED;
                    }
                    // While the slots are being loaded, nothing follows from one that is missing.
                    return redis.isLoaded(sale) ? Verdict.CLOSED : Verdict.UNCOUNTED;
                },
                Verdict.UNAVAILABLE);
    }

    /** The slot of a request that no order came of. If Redis is away now, the next comparison with the database finds it. */
    public void giveBack(Sale sale, OrderKey order) {
        SaleCounters redis = counters;
        if (redis != null && guarded(() -> redis.giveBack(sale, order), 0L) > 0) {
            flags.lower(sale.id());
        }
    }

    /**
     * The order is written down and holds nothing: its slot comes back, and its key stays known.
     *
     * @return whether that is so in Redis now
     */
    public boolean remember(Sale sale, OrderKey order) {
        SaleCounters redis = counters;
        if (redis == null) {
            return true;
        }
        long back = guarded(() -> redis.giveBackAndRemember(sale, order), -1L);
        if (back > 0) {
            flags.lower(sale.id());
        }
        return back >= 0;
    }

    /**
     * The order was placed without asking, because nobody answered; whoever answers now has to know of it.
     *
     * @return whether that is so in Redis now
     */
    public boolean add(Sale sale, OrderKey order, int pieces) {
        SaleCounters redis = counters;
        return redis == null || guarded(() -> redis.add(sale, new Held(order, pieces)), -1L) >= 0;
    }

    private Verdict ask(Sale sale, OrderKey order, int pieces) {
        SaleCounters redis = counters;
        if (redis == null) {
            return Verdict.UNCOUNTED;
        }
        return guarded(
                () -> {
                    SaleCounters.Answer answer = redis.admit(sale, order, pieces, clock.millis(), instance);
                    return switch (answer.verdict()) {
                        case "ADMITTED" -> {
                            flags.lower(sale.id());
                            yield Verdict.ADMITTED;
                        }
                        case "REPEATED" -> Verdict.REPEATED;
                        case "ALREADY_BOUGHT" -> Verdict.ALREADY_BOUGHT;
                        case "TOO_FEW" -> {
                            flags.lower(sale.id());
                            yield Verdict.SOLD_OUT;
                        }
                        case "SOLD_OUT" -> {
                            flags.raise(
                                    sale.id(), answer.generation(), () -> redis.buyersOf(sale, mostBuyersRemembered));
                            yield Verdict.SOLD_OUT;
                        }
                        case "PAUSED" -> Verdict.PAUSED;
                        case "CLOSED" -> Verdict.CLOSED;
                        default -> {
                            // Redis has forgotten it, or has not heard of it yet.
                            missing.tell(sale.id());
                            yield Verdict.UNCOUNTED;
                        }
                    };
                },
                Verdict.UNAVAILABLE);
    }

    private <T> T guarded(Supplier<T> call, T otherwise) {
        try {
            return breaker.executeSupplier(call);
        } catch (CallNotPermittedException e) {
            return otherwise;
        } catch (RuntimeException e) {
            // Told when the breaker opens, not once per buyer.
            log.debug("Redis does not answer", e);
            return otherwise;
        }
    }

    /** Hears of sales whose counters are not in Redis. */
    interface MissingSales {

        void tell(SaleId sale);
    }
}
