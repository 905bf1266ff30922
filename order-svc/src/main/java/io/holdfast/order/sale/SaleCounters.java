package io.holdfast.order.sale;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SalePart;
import io.holdfast.order.sale.SaleRepository.Held;
import io.holdfast.order.sale.SaleRepository.OrderKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The counters of sales in Redis. Each change is one script, so that nobody sees half of it. No script covers more than one part of a
 * sale, because Redis does nothing else while it runs.
 *
 * <p>Every method throws what Spring Data throws if Redis is down; then the change may have been made or not.
 */
class SaleCounters {

    /** Entries in one call: a script blocks Redis while it runs. */
    private static final int BATCH = 500;

    private static final int WARM = 200;

    /** What admit.lua needs of a sale. */
    private static final List<String> FIELDS = List.of("state", "quota", "limit", "taken", "generation", "parts");

    /** After the end of a sale, for requests that are repeated. Then each of its keys expires. */
    static final Duration AFTER_THE_END = Duration.ofHours(1);

    @SuppressWarnings("unchecked")
    private static final Class<List<?>> LIST = (Class<List<?>>) (Class<?>) List.class;

    private static final RedisScript<List<?>> ADMIT = script("admit", LIST);
    private static final RedisScript<Long> GIVE_BACK = script("give-back", Long.class);
    private static final RedisScript<Long> ADD = script("add", Long.class);
    private static final RedisScript<List<?>> RECOUNT = script("recount", LIST);
    private static final RedisScript<Long> BEGIN = script("begin", Long.class);
    private static final RedisScript<Long> STATE = script("state", Long.class);

    /** What give-back.lua leaves of a slot: the key of an order that holds nothing, or nothing at all. */
    private static final String KNOWN = "KNOWN";

    private static final String FORGOTTEN = "FORGOTTEN";

    private final StringRedisTemplate redis;

    SaleCounters(StringRedisTemplate redis) {
        this.redis = redis;
    }

    /** @param verdict as admit.lua answers it */
    record Answer(String verdict, String generation) {}

    Answer admit(Sale sale, OrderKey order, int pieces, long now, InstanceId instance) {
        return admit(sale.id(), endOf(sale), partOf(sale, order), order, pieces, now, instance);
    }

    private Answer admit(
            SaleId sale, String end, SalePart part, OrderKey order, int pieces, long now, InstanceId instance) {
        List<?> answer = Objects.requireNonNull(redis.execute(
                ADMIT,
                keys(sale, part),
                end,
                Integer.toString(part.number()),
                order.buyer(),
                order.idempotencyKey(),
                Integer.toString(pieces),
                Long.toString(now),
                instance.toString()));
        return new Answer((String) answer.get(0), (String) answer.get(1));
    }

    private static SalePart partOf(Sale sale, OrderKey order) {
        return SalePart.of(sale.terms(), order.buyer());
    }

    /** So that the first buyer does not wait for a connection, for scripts and for code that has never run. */
    void warmUp(InstanceId instance) {
        SaleId none = new SaleId("00000000-0000-0000-0000-000000000000");
        for (int i = 0; i < WARM; i++) {
            admit(none, "0", new SalePart(0, 1), new OrderKey("nobody", "none"), 1, 0, instance);
        }
    }

    /** Throws if Redis does not answer. */
    void ping() {
        redis.execute((RedisCallback<String>) RedisConnection::ping);
    }

    /** Whether the key has a slot, or is known to have had one that led to an order. */
    boolean knows(Sale sale, OrderKey order) {
        SalePart part = partOf(sale, order);
        String field = Slot.fieldOf(order);
        return redis.opsForHash().hasKey(slots(sale.id(), part), field)
                || Boolean.TRUE.equals(redis.opsForSet().isMember(known(sale.id(), part), field));
    }

    /** It led to no order. @return pieces that came back */
    long giveBack(Sale sale, OrderKey order) {
        return run(GIVE_BACK, sale, partOf(sale, order), List.of(FORGOTTEN), List.of(Slot.fieldOf(order), ""));
    }

    /**
     * Its order is stored and holds nothing: its key stays known, so that it gets the same answer.
     *
     * @return pieces that came back
     */
    long giveBackAndRemember(Sale sale, OrderKey order) {
        return run(GIVE_BACK, sale, partOf(sale, order), List.of(KNOWN), List.of(Slot.fieldOf(order), ""));
    }

    /** Those of the part that are still what they were when they were read. @return pieces that came back */
    long giveBack(Sale sale, SalePart part, Map<String, String> seen) {
        return run(GIVE_BACK, sale, part, List.of(FORGOTTEN), pairs(seen));
    }

    /** As {@link #giveBack}, for orders that are stored. @return pieces that came back */
    long giveBackAndRemember(Sale sale, SalePart part, Map<String, String> seen) {
        return run(GIVE_BACK, sale, part, List.of(KNOWN), pairs(seen));
    }

    private static List<String> pairs(Map<String, String> seen) {
        List<String> arguments = new ArrayList<>();
        seen.forEach((field, value) -> {
            arguments.add(field);
            arguments.add(value);
        });
        return arguments;
    }

    /** @return pieces that were added */
    long add(Sale sale, Held held) {
        return add(sale, partOf(sale, held.order()), List.of(held));
    }

    /** @param held all of the part. @return pieces that were added */
    long add(Sale sale, SalePart part, Collection<Held> held) {
        List<String> arguments = new ArrayList<>();
        held.forEach(order -> {
            arguments.add(Slot.fieldOf(order.order()));
            arguments.add(Integer.toString(order.pieces()));
        });
        return run(ADD, sale, part, List.of(), arguments);
    }

    private long run(RedisScript<Long> script, Sale sale, SalePart part, List<String> more, List<String> pairs) {
        long pieces = 0;
        for (int from = 0; from < pairs.size(); from += 2 * BATCH) {
            List<String> arguments = new ArrayList<>();
            arguments.add(endOf(sale));
            arguments.add(Integer.toString(part.number()));
            arguments.addAll(more);
            arguments.addAll(pairs.subList(from, Math.min(from + 2 * BATCH, pairs.size())));
            pieces += Objects.requireNonNull(redis.execute(script, keys(sale.id(), part), arguments.toArray()));
        }
        return pieces;
    }

    /**
     * @param counted pieces taken of the sale, as the counter had it
     * @param taken pieces taken of the sale, as the parts have it, and the counter now
     * @param wrongBuyers buyers of the part whose own count was wrong
     */
    record Recount(long counted, long taken, long wrongBuyers) {}

    /** Sums up the slots of one part, and all parts. */
    Recount recount(Sale sale, SalePart part) {
        List<?> answer = Objects.requireNonNull(redis.execute(
                RECOUNT,
                keys(sale.id(), part),
                endOf(sale),
                Integer.toString(part.number()),
                Integer.toString(part.of())));
        return new Recount((Long) answer.get(0), (Long) answer.get(1), (Long) answer.get(2));
    }

    Optional<String> state(SaleId sale) {
        return Optional.ofNullable((String) redis.opsForHash().get(counters(sale), "state"));
    }

    /** Whether buyers can be admitted by it, or would be if the sale were not paused or over. */
    boolean isLoaded(Sale sale) {
        List<String> values = redis.<String, String>opsForHash().multiGet(counters(sale.id()), FIELDS);
        // After a wipe some fields may be there again, written by an instance that had not noticed.
        return !values.contains(null) && !"LOADING".equals(values.get(0));
    }

    /** Nobody is admitted until {@link #open}. */
    void begin(Sale sale, long now) {
        redis.execute(
                BEGIN,
                List.of(counters(sale.id())),
                endOf(sale),
                Integer.toString(sale.terms().quota()),
                Integer.toString(sale.terms().perBuyerLimit()),
                Integer.toString(SalePart.allOf(sale.terms()).size()),
                // Not from zero, so that it differs from every earlier generation.
                Long.toString(now));
    }

    void open(Sale sale, String state) {
        redis.execute(STATE, List.of(counters(sale.id())), endOf(sale), state);
    }

    /** The sale is over; its keys expire after a while. */
    void close(Sale sale) {
        if (state(sale.id()).isPresent()) {
            open(sale, "CLOSED");
            for (SalePart part : SalePart.allOf(sale.terms())) {
                keys(sale.id(), part).forEach(key -> redis.expire(key, AFTER_THE_END));
            }
        }
    }

    /** When its keys expire, in seconds since 1970. A sale never closes later than planned. */
    private static String endOf(Sale sale) {
        return Long.toString(sale.terms().closesAt().plus(AFTER_THE_END).getEpochSecond());
    }

    List<SalePart> partsWithSlots(Sale sale) {
        List<SalePart> parts = SalePart.allOf(sale.terms());
        // In one round trip: a large sale that has just begun has many parts, and nothing in them.
        List<Object> sizes = redis.executePipelined((RedisCallback<Object>) connection -> {
            for (SalePart part : parts) {
                connection.hashCommands().hLen(slots(sale.id(), part).getBytes(UTF_8));
                connection.setCommands().sCard(known(sale.id(), part).getBytes(UTF_8));
            }
            return null;
        });
        return parts.stream()
                .filter(part -> (Long) sizes.get(2 * part.number()) + (Long) sizes.get(2 * part.number() + 1) > 0)
                .toList();
    }

    /** All slots of a part, field by field as they are kept, and its known keys as slots of nothing. */
    Map<String, String> slotsOf(SaleId sale, SalePart part) {
        Map<String, String> all = new HashMap<>();
        ScanOptions pages = ScanOptions.scanOptions().count(1_000).build();
        try (Cursor<Map.Entry<String, String>> cursor =
                redis.<String, String>opsForHash().scan(slots(sale, part), pages)) {
            cursor.forEachRemaining(entry -> all.put(entry.getKey(), entry.getValue()));
        }
        // After the slots, one of which may become a known key meanwhile.
        try (Cursor<String> cursor = redis.opsForSet().scan(known(sale, part), pages)) {
            cursor.forEachRemaining(field -> all.put(field, Slot.NOTHING));
        }
        return all;
    }

    /** The buyers who have something of the sale, or had an order in it; empty if there are more than {@code max}. */
    Optional<Set<String>> buyersOf(Sale sale, int max) {
        Set<String> all = new HashSet<>();
        for (SalePart part : SalePart.allOf(sale.terms())) {
            String key = buyers(sale.id(), part);
            String known = known(sale.id(), part);
            if (all.size()
                            + redis.opsForHash().size(key)
                            + Objects.requireNonNull(redis.opsForSet().size(known))
                    > max) {
                return Optional.empty();
            }
            all.addAll(redis.<String, String>opsForHash().keys(key));
            Objects.requireNonNull(redis.opsForSet().members(known))
                    .forEach(field -> all.add(Slot.orderOf(field).buyer()));
        }
        return Optional.of(all);
    }

    private static List<String> keys(SaleId sale, SalePart part) {
        return List.of(counters(sale), buyers(sale, part), slots(sale, part), known(sale, part));
    }

    // In braces, for a Redis cluster: what is changed together has to be kept together.
    private static String counters(SaleId sale) {
        return "holdfast:sale:{" + sale + "}";
    }

    private static String buyers(SaleId sale, SalePart part) {
        return counters(sale) + ":buyers:" + part.number();
    }

    private static String slots(SaleId sale, SalePart part) {
        return counters(sale) + ":slots:" + part.number();
    }

    private static String known(SaleId sale, SalePart part) {
        return counters(sale) + ":known:" + part.number();
    }

    /** Reads the text once: Spring Data would check at each call whether the file has changed, which is slow in a nested jar. */
    private static <T> RedisScript<T> script(String name, Class<T> answer) {
        try {
            String text = new ClassPathResource(name + ".lua", SaleCounters.class).getContentAsString(UTF_8);
            return RedisScript.of(text, answer);
        } catch (IOException e) {
            throw new UncheckedIOException("the script " + name + " is missing from this service's jar", e);
        }
    }
}
