package io.holdfast.order.sale;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SalePart;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.sale.SaleMapper.HeldRow;
import io.holdfast.order.sale.SaleMapper.StageRow;
import io.holdfast.order.sale.SaleMapper.TallyRow;
import io.holdfast.order.store.LocalTransaction;
import io.holdfast.order.store.OrderRepository;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/**
 * All sales, and what their orders hold of them. Every change is guarded by the stage that it starts from, and runs in its own
 * transaction.
 */
@Component
class SaleRepository {

    /** Far more than run at once; each instance keeps all of them in memory. */
    private static final int MAX_RUNNING = 1_000;

    private static final int MAX_ORDERS_OF_A_BUYER = 100;
    private static final int PAGE = 10_000;

    /** Longest list of keys in one statement. */
    private static final int MAX_KEYS = 500;

    private final SaleMapper mapper;
    private final OrderRepository orders;
    private final LocalTransaction transaction;
    private final Clock clock;

    SaleRepository(SaleMapper mapper, OrderRepository orders, LocalTransaction transaction, Clock clock) {
        this.mapper = mapper;
        this.orders = orders;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** @return false, and nothing written, if the key has made a sale already */
    boolean enter(Sale sale, String idempotencyKey) {
        try {
            return write(() -> mapper.insert(SaleRow.of(sale, idempotencyKey))) == 1;
        } catch (DuplicateKeyException e) {
            if (mapper.findByKey(idempotencyKey) == null) {
                throw e;
            }
            return false;
        }
    }

    Optional<Sale> find(SaleId id) {
        return Optional.ofNullable(mapper.find(id.value())).map(SaleRow::toSale);
    }

    /** The stages of the sales with these ids, if they exist. */
    Map<String, SaleStage> stages(Collection<String> ids) {
        return ids.isEmpty()
                ? Map.of()
                : mapper.stages(List.copyOf(ids)).stream().collect(Collectors.toMap(StageRow::saleId, StageRow::stage));
    }

    Optional<Asked> findByKey(String idempotencyKey) {
        return Optional.ofNullable(mapper.findByKey(idempotencyKey))
                .map(row -> new Asked(row.toSale(), row.askedTerms()));
    }

    /** The sales that sell, will sell, or are paused. */
    List<Sale> running() {
        return mapper.running(MAX_RUNNING).stream().map(SaleRow::toSale).toList();
    }

    /** Some sales that have been in that stage since then, longest first. */
    List<Sale> inStage(SaleStage stage, Instant since, int limit) {
        return mapper.inStage(stage, SaleRow.utc(since), limit).stream()
                .map(SaleRow::toSale)
                .toList();
    }

    /** @return false if the sale is not in that stage any more */
    boolean advance(SaleId id, SaleStage from, SaleStage next) {
        if (!from.mayBecome(next)) {
            throw new IllegalArgumentException("A sale does not go from " + from + " to " + next);
        }
        return write(() -> mapper.advance(id.value(), from, next, now())) == 1;
    }

    /** @return false if the sale is not being prepared any more */
    boolean refuse(SaleId id, Sale.Rejected why) {
        return write(() -> mapper.refuse(id.value(), why.code(), why.detail(), now())) == 1;
    }

    /** @return false if the sale is not one that could sell at this moment */
    boolean open(SaleId id) {
        return write(() -> mapper.open(id.value(), now())) == 1;
    }

    /** @return how many sales are over, whose quota is to be given back now */
    int closeThoseThatAreOver() {
        return write(() -> mapper.closeThoseThatAreOver(now()));
    }

    /** Sums up the orders of a sale. */
    Tally tally(SaleId id) {
        long held = 0;
        long sold = 0;
        long rejected = 0;
        for (TallyRow row : mapper.tally(id.value())) {
            OrderStatus endedAs = row.endedAs();
            if (endedAs == null) {
                held += row.pieces();
            } else if (endedAs == OrderStatus.PAID) {
                sold += row.pieces();
            } else if (endedAs == OrderStatus.REJECTED) {
                rejected += row.orders();
            }
        }
        return new Tally(held + sold, sold, rejected);
    }

    /** The orders of a buyer in a sale, newest first. */
    List<Order> ordersOf(SaleId id, BuyerId buyer) {
        List<String> ids = mapper.ordersOf(id.value(), buyer.value(), MAX_ORDERS_OF_A_BUYER);
        return ids.isEmpty()
                ? List.of()
                : orders.find(ids.stream().map(OrderId::new).toList());
    }

    /** The parts of a sale in which there is some order. */
    Set<SalePart> partsWithOrders(Sale sale) {
        return mapper.partsWithOrders(sale.id().value()).stream()
                .map(finest -> SalePart.withFinest(sale.terms(), finest))
                .collect(Collectors.toSet());
    }

    /** Passes on what every order of that part of the sale holds, also if that is nothing. Reads page by page; locks nothing. */
    void forEachOrder(SaleId id, SalePart part, Consumer<List<Held>> pages) {
        HeldRow last = new HeldRow(part.first(), "", "", 0);
        List<HeldRow> rows;
        do {
            rows = mapper.ordersOfParts(id.value(), last, part.last(), PAGE);
            if (!rows.isEmpty()) {
                pages.accept(rows.stream()
                        .map(row -> new Held(new OrderKey(row.buyerId(), row.idempotencyKey()), row.pieces()))
                        .toList());
                last = rows.get(rows.size() - 1);
            }
        } while (rows.size() == PAGE);
    }

    /** The status of these orders, as far as they are stored. */
    Map<OrderKey, OrderStatus> statuses(SaleId id, Collection<OrderKey> keys) {
        List<OrderKey> all = List.copyOf(keys);
        Map<OrderKey, OrderStatus> statuses = new HashMap<>();
        for (int from = 0; from < all.size(); from += MAX_KEYS) {
            mapper.statuses(id.value(), all.subList(from, Math.min(from + MAX_KEYS, all.size())))
                    .forEach(row -> statuses.put(new OrderKey(row.buyerId(), row.idempotencyKey()), row.status()));
        }
        return statuses;
    }

    /** From now on, orders of the sale may be entered that its counters do not know of. */
    void noteUncounted(SaleId id) {
        // None if another instance has noted it later than now.
        write(() -> mapper.noteUncounted(id.value(), now()));
    }

    /** The sales whose counters may not know of some of their orders. */
    List<SaleId> uncounted(int limit) {
        return mapper.uncounted(limit).stream().map(SaleId::new).toList();
    }

    /** Some of those that were last noted before then, longest first. */
    List<Uncounted> uncountedBefore(Instant time, int limit) {
        return mapper.uncountedBefore(SaleRow.utc(time), limit).stream()
                .map(row -> new Uncounted(new SaleId(row.saleId()), SaleRow.instant(row.uncountedAt())))
                .toList();
    }

    /** The counters know all orders of the sale, unless it has been noted again meanwhile. */
    void counted(Uncounted uncounted) {
        write(() -> mapper.counted(uncounted.sale().value(), SaleRow.utc(uncounted.since())));
    }

    /** Records, for people, that counters outside the database were wrong and are repaired. */
    void recordRepair(SaleId id, RepairKind kind, long pieces, String detail) {
        write(() -> mapper.recordRepair(id.value(), now(), kind.name(), pieces, detail));
    }

    /** The repairs since then, oldest first. */
    List<Repair> repairsSince(Instant since, int limit) {
        return mapper.repairsSince(SaleRow.utc(since), limit).stream()
                .map(row -> new Repair(
                        row.mendId(),
                        new SaleId(row.saleId()),
                        SaleRow.instant(row.at()),
                        RepairKind.valueOf(row.kind()),
                        row.pieces(),
                        row.detail()))
                .toList();
    }

    private int write(IntSupplier sql) {
        return transaction.get(sql::getAsInt);
    }

    private LocalDateTime now() {
        return SaleRow.utc(clock.instant());
    }

    /** @param terms as they were asked for, before anybody opened the sale early */
    record Asked(Sale sale, SaleTerms terms) {}

    /**
     * @param held pieces of orders that are paid or may still be
     * @param sold pieces of orders that are PAID
     * @param rejected orders, not pieces
     */
    record Tally(long held, long sold, long rejected) {}

    /** Identifies an order before it has an id. */
    record OrderKey(String buyer, String idempotencyKey) {}

    /** @param pieces 0 if the order ended without */
    record Held(OrderKey order, int pieces) {}

    /** @param since when it was last noted */
    record Uncounted(SaleId sale, Instant since) {}

    /** @param pieces by which a counter was off; for BUYERS, how many buyers were concerned */
    record Repair(long id, SaleId sale, Instant at, RepairKind kind, long pieces, String detail) {}

    /** What a wrong counter would have led to. */
    enum RepairKind {
        /** More would have been admitted than there is. */
        OVERSELL,
        /** Pieces would have been left that nobody could buy. */
        UNDERSELL,
        /** What single buyers have was wrong. */
        BUYERS
    }
}
