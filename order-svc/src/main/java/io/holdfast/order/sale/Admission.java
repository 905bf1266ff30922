package io.holdfast.order.sale;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.sale.SaleRepository.Held;
import io.holdfast.order.sale.SaleRepository.OrderKey;
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
 * Decides who may order in a sale, by the counters in Redis. Never throws: if Redis does not answer at once, or is not used, the answer
 * says so, and the database has to decide.
 */
class Admission {

    /** Counter, tag {@code verdict}: how requests to order in a sale were decided. */
    public static final String DECISIONS = "holdfast.order.admission";

    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private final @Nullable SaleCounters counters;
    private final CircuitBreaker breaker;
    private final SoldOutFlags flags;
    private final MissingSales missing;
    private final int maxBuyersRemembered;
    private final InstanceId instance;
    private final Clock clock;
    private final Map<AdmissionDecision, Counter> decisions = new EnumMap<>(AdmissionDecision.class);

    Admission(
            @Nullable SaleCounters counters,
            CircuitBreaker breaker,
            SoldOutFlags flags,
            MissingSales missing,
            int maxBuyersRemembered,
            InstanceId instance,
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
        this.maxBuyersRemembered = maxBuyersRemembered;
        this.instance = instance;
        this.clock = clock;
        for (AdmissionDecision decision : AdmissionDecision.values()) {
            decisions.put(
                    decision,
                    Counter.builder(DECISIONS)
                            .tag("verdict", decision.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
    }

    /** Takes a slot of a sale that is open by this instance's clock, if there is one for this order. */
    AdmissionDecision admit(Sale sale, OrderKey order, int pieces) {
        AdmissionDecision decision =
                flags.isUpFor(order.buyer(), sale.id()) ? AdmissionDecision.SOLD_OUT : ask(sale, order, pieces);
        decisions.get(decision).increment();
        return decision;
    }

    /** Whether the key has a slot, or had one that led to an order. */
    AdmissionDecision lookUp(Sale sale, OrderKey order) {
        SaleCounters redis = counters;
        if (redis == null) {
            return AdmissionDecision.UNCOUNTED;
        }
        return guarded(
                () -> {
                    if (redis.knows(sale, order)) {
                        return AdmissionDecision.REPEATED;
                    }
                    // While the slots are being loaded, a missing one means nothing.
                    return redis.isLoaded(sale) ? AdmissionDecision.CLOSED : AdmissionDecision.UNCOUNTED;
                },
                AdmissionDecision.UNAVAILABLE);
    }

    /** Returns the slot of a request that led to no order. If Redis is down now, the next comparison with the database finds it. */
    void giveBack(Sale sale, OrderKey order) {
        SaleCounters redis = counters;
        if (redis != null && guarded(() -> redis.giveBack(sale, order), 0L) > 0) {
            flags.lower(sale.id());
        }
    }

    /**
     * The order is stored and holds nothing: its slot is returned, and its key stays known.
     *
     * @return whether that is so in Redis now
     */
    boolean remember(Sale sale, OrderKey order) {
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
     * The order was placed without a slot, because Redis did not answer or did not know the sale. Adds it now.
     *
     * @return whether that is so in Redis now
     */
    boolean add(Sale sale, OrderKey order, int pieces) {
        SaleCounters redis = counters;
        return redis == null || guarded(() -> redis.add(sale, new Held(order, pieces)), -1L) >= 0;
    }

    private AdmissionDecision ask(Sale sale, OrderKey order, int pieces) {
        SaleCounters redis = counters;
        if (redis == null) {
            return AdmissionDecision.UNCOUNTED;
        }
        return guarded(
                () -> {
                    SaleCounters.Answer answer = redis.admit(sale, order, pieces, clock.millis(), instance);
                    return switch (answer.verdict()) {
                        case "ADMITTED" -> {
                            flags.lower(sale.id());
                            yield AdmissionDecision.ADMITTED;
                        }
                        case "REPEATED" -> AdmissionDecision.REPEATED;
                        case "ALREADY_BOUGHT" -> AdmissionDecision.ALREADY_BOUGHT;
                        case "TOO_FEW" -> {
                            flags.lower(sale.id());
                            yield AdmissionDecision.SOLD_OUT;
                        }
                        case "SOLD_OUT" -> {
                            flags.raise(
                                    sale.id(), answer.generation(), () -> redis.buyersOf(sale, maxBuyersRemembered));
                            yield AdmissionDecision.SOLD_OUT;
                        }
                        case "PAUSED" -> AdmissionDecision.PAUSED;
                        case "CLOSED" -> AdmissionDecision.CLOSED;
                        default -> {
                            // Redis has lost the sale, or does not have it yet.
                            missing.report(sale.id());
                            yield AdmissionDecision.UNCOUNTED;
                        }
                    };
                },
                AdmissionDecision.UNAVAILABLE);
    }

    private <T> T guarded(Supplier<T> call, T otherwise) {
        try {
            return breaker.executeSupplier(call);
        } catch (CallNotPermittedException e) {
            return otherwise;
        } catch (RuntimeException e) {
            // Logged when the breaker opens, not once per buyer.
            log.debug("Redis does not answer", e);
            return otherwise;
        }
    }

    /** Takes the sales whose counters are not in Redis. */
    interface MissingSales {

        void report(SaleId sale);
    }
}
