package io.holdfast.order.placing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.order.OnRealDatabase;
import io.holdfast.order.StandInCoordinator;
import io.holdfast.order.StandInCoordinator.Database;
import io.holdfast.order.StandInDownstreamServices;
import io.holdfast.order.StandInDownstreamServices.Answer;
import io.holdfast.order.StandInDownstreamServices.Call;
import io.holdfast.order.coordinator.GlobalTxOutcome;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderIds;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.Sku;
import io.holdfast.order.placing.PlacingResult.Decided;
import io.holdfast.order.placing.PlacingResult.NotBegun;
import io.holdfast.order.placing.PlacingResult.NotEntered;
import io.holdfast.order.placing.PlacingResult.TooManyWaiting;
import io.holdfast.order.placing.PlacingResult.Undecided;
import io.holdfast.order.store.OrderRepository;
import io.holdfast.properties.LiveProperties;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Orders that share a global transaction because they wait at the same time. */
@OnRealDatabase
class GroupCommitTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Optional<CardToken> NO_CARD = Optional.empty();
    private static final String PREFIX = "holdfast.order.grouping.";
    private static final String SOURCE = "settings of a test";

    private final String run = "group-" + NUMBERS.incrementAndGet();
    private final Map<String, Object> settings = new HashMap<>();
    private final ExecutorService buyers = Executors.newCachedThreadPool();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final HttpClient http = HttpClient.newHttpClient();

    private final String url;
    private final GroupCommit groups;
    private final OrderGroup group;
    private final LiveProperties<GroupProperties> limits;
    private final OrderRepository repository;
    private final OrderIds ids;
    private final StandInCoordinator coordinator;
    private final StandInDownstreamServices downstream;
    private final Database database;
    private final MeterRegistry meters;
    private final ConfigurableEnvironment environment;
    private final TestTokens tokens;

    GroupCommitTest(
            @LocalServerPort int port,
            @Autowired GroupCommit groups,
            @Autowired OrderGroup group,
            @Autowired LiveProperties<GroupProperties> limits,
            @Autowired OrderRepository repository,
            @Autowired OrderIds ids,
            @Autowired StandInCoordinator coordinator,
            @Autowired StandInDownstreamServices downstream,
            @Autowired Database database,
            @Autowired MeterRegistry meters,
            @Autowired ConfigurableEnvironment environment,
            @Autowired TestTokens tokens) {
        this.url = "http://127.0.0.1:" + port;
        this.groups = groups;
        this.group = group;
        this.limits = limits;
        this.repository = repository;
        this.ids = ids;
        this.coordinator = coordinator;
        this.downstream = downstream;
        this.database = database;
        this.meters = meters;
        this.environment = environment;
        this.tokens = tokens;
    }

    @BeforeEach
    void everythingIsUpAndOneGroupAtATimeIsInFlight() {
        coordinator.behave();
        downstream.serveAll();
        environment.getPropertySources().addFirst(new MapPropertySource(SOURCE, settings));
        set("in-flight", "1");
    }

    @AfterEach
    void nobodyWaitsAndNothingRuns() {
        goOn.countDown();
        groups.start();
        await().until(() -> gauge(GroupMetrics.WAITING) == 0 && gauge(GroupMetrics.IN_FLIGHT) == 0);
        environment.getPropertySources().remove(SOURCE);
        limits.refresh();
        buyers.shutdownNow();
        assertThat(coordinator.begun()).extracting(coordinator::outcomeOf).doesNotContain(GlobalTxOutcome.RUNNING);
    }

    @Test
    void whenNothingIsInFlightAnOrderGoesAtOnceAndAlone() {
        for (int i = 0; i < 3; i++) {
            assertThat(status(groups.place(order("idle-" + i), NO_CARD))).isEqualTo(OrderStatus.PAID);
        }

        assertThat(groupSizes()).containsExactly(1, 1, 1);
        assertThat(coordinator.begun()).hasSize(3);
    }

    @Test
    void whileAGroupIsInFlightOrdersGatherAndThenGoAsOne() {
        double refused = meters.counter(GroupMetrics.REFUSED, "reason", "full").count();
        long groupsBefore = meters.summary(GroupMetrics.SIZE).count();
        double ordersBefore = meters.summary(GroupMetrics.SIZE).totalAmount();
        Future<PlacingResult> first = holdOneInFlight();
        List<Order> orders = orders(30);
        List<Future<PlacingResult>> waiting = placeAndGather(orders);

        goOn.countDown();

        assertThat(status(get(first))).isEqualTo(OrderStatus.PAID);
        for (int i = 0; i < orders.size(); i++) {
            Order placed = orderOf(get(waiting.get(i)));
            assertThat(placed.id())
                    .as("each gets the answer to its own")
                    .isEqualTo(orders.get(i).id());
            assertThat(placed.status()).isEqualTo(OrderStatus.PAID);
            assertThat(placed.xid()).isEqualTo(coordinator.begun().get(1));
        }
        assertThat(groupSizes()).containsExactly(1, 30);
        assertThat(coordinator.begun()).hasSize(2);
        assertThat(meters.summary(GroupMetrics.SIZE).count()).isEqualTo(groupsBefore + 2);
        assertThat(meters.summary(GroupMetrics.SIZE).totalAmount()).isEqualTo(ordersBefore + 31);
        assertThat(meters.timer(GroupMetrics.WAIT).count()).isGreaterThanOrEqualTo(31);
        assertThat(meters.counter(GroupMetrics.REFUSED, "reason", "full").count())
                .isEqualTo(refused);
    }

    @Test
    void asManyGroupsAreInFlightAsAreAllowedAndNoMore() {
        set("in-flight", "2");
        Future<PlacingResult> one = holdOneInFlight();
        Future<PlacingResult> two = place(order("two"));
        await().until(() ->
                downstream.callsTo(StandInDownstreamServices.RESERVE).size() == 2);
        List<Future<PlacingResult>> first = List.of(one, two);
        List<Future<PlacingResult>> waiting = placeAndGather(orders(5));

        assertThat(gauge(GroupMetrics.IN_FLIGHT)).isEqualTo(2);
        goOn.countDown();

        assertThat(statuses(first)).containsOnly(OrderStatus.PAID);
        assertThat(statuses(waiting)).containsOnly(OrderStatus.PAID);
    }

    @Test
    void aGroupHasAtMostAsManyOrdersAsAllowedAndFirstComeIsFirstServed() {
        set("max-orders", "5");
        Future<PlacingResult> first = holdOneInFlight();
        List<Order> orders = orders(12);
        List<Future<PlacingResult>> waiting = new ArrayList<>();
        for (Order order : orders) {
            waiting.addAll(placeAndGather(List.of(order)));
        }

        goOn.countDown();

        get(first);
        assertThat(statuses(waiting)).containsOnly(OrderStatus.PAID);
        assertThat(groupSizes()).containsExactly(1, 5, 5, 2);
        assertThat(downstream.callsTo(StandInDownstreamServices.OPEN).stream()
                        .skip(1)
                        .flatMap(call -> call.orderIds().stream()))
                .containsExactlyElementsOf(
                        orders.stream().map(order -> order.id().value()).toList());
    }

    @Test
    void aGroupHasAtMostAsManyLinesAsAllowed() {
        set("max-lines", "200");
        Future<PlacingResult> first = holdOneInFlight();
        List<Order> orders =
                IntStream.range(0, 5).mapToObj(i -> order("long-" + i, 90)).toList();
        List<Future<PlacingResult>> waiting = placeAndGather(orders);

        goOn.countDown();

        get(first);
        assertThat(statuses(waiting)).containsOnly(OrderStatus.PAID);
        assertThat(groupSizes()).containsExactly(1, 2, 2, 1);
    }

    @Test
    void whoComesWhenTooManyWaitIsToldSoAndMaySendTheSameAgain() {
        set("max-waiting", "2");
        Future<PlacingResult> first = holdOneInFlight();
        List<Future<PlacingResult>> waiting = placeAndGather(orders(2));
        double refused = meters.counter(GroupMetrics.REFUSED, "reason", "full").count();

        assertThat(groups.place(order("more"), NO_CARD)).isInstanceOf(TooManyWaiting.class);
        Reply reply = post(run + "-full", body("alice"));

        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.body().get("code").asString()).isEqualTo("too-many-orders");
        assertThat(reply.response().headers().firstValue("Retry-After")).contains("1");
        assertThat(reply.body().has("orderId")).isFalse();
        assertThat(meters.counter(GroupMetrics.REFUSED, "reason", "full").count())
                .isEqualTo(refused + 2);
        assertThat(rowsWithKey(run + "-full")).isZero();
        goOn.countDown();
        get(first);
        assertThat(statuses(waiting)).containsOnly(OrderStatus.PAID);
        assertThat(post(run + "-full", body("alice")).status()).isEqualTo(201);
    }

    @Test
    void whoeverWaitsBehindABuyerOfManyLongOrdersGoesWithTheNextGroup() {
        Future<PlacingResult> first = holdOneInFlight();
        List<Future<PlacingResult>> waiting = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waiting.addAll(placeAndGather(List.of(orderOf("mallory", 100))));
        }
        Order small = order("behind");
        waiting.addAll(placeAndGather(List.of(small)));

        goOn.countDown();

        get(first);
        assertThat(statuses(waiting)).containsOnly(OrderStatus.PAID);
        assertThat(groupSizes())
                .as("five of its orders are a share of the lines")
                .containsExactly(1, 6, 3);
        assertThat(downstream.callsTo(StandInDownstreamServices.OPEN).get(1).orderIds())
                .contains(small.id().value());
    }

    @Test
    void whileOthersWaitOneBuyerHasAShareOfThePlacesToWait() {
        set("max-waiting", "8");
        Future<PlacingResult> first = holdOneInFlight();
        List<Future<PlacingResult>> waiting = new ArrayList<>(
                placeAndGather(List.of(orderOf("mallory", 1), orderOf("mallory", 1), orderOf("mallory", 1))));
        waiting.addAll(placeAndGather(List.of(order("other"))));

        assertThat(groups.place(orderOf("mallory", 1), NO_CARD)).isInstanceOf(TooManyWaiting.class);
        waiting.addAll(placeAndGather(List.of(order("another"))));

        goOn.countDown();
        get(first);
        assertThat(statuses(waiting)).containsOnly(OrderStatus.PAID);
    }

    @Test
    void theSameKeyTwiceInOneGroupIsOneOrderAndBothGetItsAnswer() throws Exception {
        Future<PlacingResult> first = holdOneInFlight();
        Future<Reply> one = buyers.submit(() -> post(run + "-duplicate", body("alice")));
        Future<Reply> two = buyers.submit(() -> post(run + "-duplicate", body("alice")));
        Future<Reply> other = buyers.submit(() -> post(run + "-duplicate", body("bob")));
        await().until(() -> gauge(GroupMetrics.WAITING) == 3);

        goOn.countDown();

        get(first);
        Reply answer = one.get(30, TimeUnit.SECONDS);
        Reply duplicate = two.get(30, TimeUnit.SECONDS);
        assertThat(List.of(answer.status(), duplicate.status())).containsExactlyInAnyOrder(200, 201);
        assertThat(duplicate.body()).isEqualTo(answer.body());
        assertThat(answer.body().get("status").asString()).isEqualTo("PAID");
        assertThat(other.get(30, TimeUnit.SECONDS).status())
                .as("the key of another buyer")
                .isEqualTo(201);
        assertThat(groupSizes()).containsExactly(1, 2);
    }

    @Test
    void theSameKeyForTwoOrdersInOneGroupIsOneOrderAndARefusal() throws Exception {
        Future<PlacingResult> first = holdOneInFlight();
        Future<Reply> one = buyers.submit(() -> post(run + "-reused", body("alice")));
        Future<Reply> two =
                buyers.submit(() -> post(run + "-reused", body("alice").replace("19", "20")));
        await().until(() -> gauge(GroupMetrics.WAITING) == 2);

        goOn.countDown();

        get(first);
        assertThat(List.of(
                        one.get(30, TimeUnit.SECONDS).status(),
                        two.get(30, TimeUnit.SECONDS).status()))
                .containsExactlyInAnyOrder(201, 422);
    }

    @Test
    void anOrderWhoseKeyWasTakenMeanwhileDoesNotFailTheOthers() {
        Future<PlacingResult> first = holdOneInFlight();
        List<Order> orders = orders(6);
        List<Future<PlacingResult>> waiting = placeAndGather(orders);
        // As another instance would.
        for (int taken : List.of(1, 4)) {
            Order order = orders.get(taken);
            assertThat(repository.enter(
                            Order.received(ids.next(), order.purchase(), order.idempotencyKey(), order.createdAt())
                                    .rejectedAtOnce(Rejection.soldOut(new Sku("a")))))
                    .isTrue();
        }

        goOn.countDown();

        get(first);
        assertThat(get(waiting.get(1))).isInstanceOf(NotEntered.class);
        assertThat(get(waiting.get(4))).isInstanceOf(NotEntered.class);
        assertThat(statuses(List.of(waiting.get(0), waiting.get(2), waiting.get(3), waiting.get(5))))
                .containsOnly(OrderStatus.PAID);
        assertThat(groupSizes()).containsExactly(1, 4);
    }

    @Test
    void refusedOrdersAreLeftOutAndTheOthersArePaid() {
        Future<PlacingResult> first = holdOneInFlight();
        List<Order> orders = orders(6);
        List<Future<PlacingResult>> waiting = new ArrayList<>();
        orders.forEach(order -> waiting.addAll(placeAndGather(List.of(order))));
        Set<String> poor = Set.of(orders.get(0).id().value(), orders.get(3).id().value());
        Set<String> late = Set.of(orders.get(5).id().value());
        downstream.on(
                StandInDownstreamServices.OPEN, call -> refuseOrServe(call, poor, "opened", 402, "insufficient-funds"));
        downstream.on(
                StandInDownstreamServices.RESERVE, call -> refuseOrServe(call, late, "reserved", 409, "out-of-stock"));

        goOn.countDown();

        get(first);
        assertThat(statuses(waiting))
                .containsExactly(
                        OrderStatus.REJECTED,
                        OrderStatus.PAID,
                        OrderStatus.PAID,
                        OrderStatus.REJECTED,
                        OrderStatus.PAID,
                        OrderStatus.REJECTED);
        assertThat(reason(waiting.get(0))).isEqualTo(Rejection.Reason.INSUFFICIENT_FUNDS);
        assertThat(reason(waiting.get(5))).isEqualTo(Rejection.Reason.OUT_OF_STOCK);
    }

    @Test
    void whoWaitsForWhatIsFoundSoldOutMeanwhileIsRefusedWithoutATransaction() {
        downstream.on(StandInDownstreamServices.RESERVE, call -> {
            awaitGoOn();
            return Answer.refusal(409, "out-of-stock", ",\"sku\":\"" + run + "\",\"available\":0", call.orderIds());
        });
        Future<PlacingResult> first = place(order("first"));
        await().until(() ->
                downstream.callsTo(StandInDownstreamServices.RESERVE).size() == 1);
        List<Future<PlacingResult>> waiting = placeAndGather(orders(10));

        goOn.countDown();

        assertThat(reason(first)).isEqualTo(Rejection.Reason.OUT_OF_STOCK);
        assertThat(waiting).allSatisfy(one -> assertThat(reason(one)).isEqualTo(Rejection.Reason.OUT_OF_STOCK));
        assertThat(coordinator.begun()).hasSize(1);
        assertThat(database.jdbc()
                        .queryForObject(
                                "select count(*) from local_message m join orders o on m.id = concat(o.order_id, ':rejected')"
                                        + " where o.buyer_id like ?",
                                Long.class,
                                run + "%"))
                .isEqualTo(11);
    }

    @Test
    void aGroupThatFailsAsAWholeIsRunAgain() {
        Future<PlacingResult> first = holdOneInFlight();
        List<Future<PlacingResult>> waiting = placeAndGather(orders(8));
        AtomicInteger calls = new AtomicInteger();
        downstream.on(
                StandInDownstreamServices.RESERVE,
                call -> calls.incrementAndGet() == 1 ? new Answer(500, "text/plain", "deadlock") : serve(call));

        goOn.countDown();

        get(first);
        assertThat(statuses(waiting)).containsOnly(OrderStatus.PAID);
        assertThat(calls.get()).isEqualTo(2);
        assertThat(coordinator.begun()).hasSize(3);
        assertThat(coordinator.outcomeOf(coordinator.begun().get(1))).isEqualTo(GlobalTxOutcome.ROLLED_BACK);
    }

    @Test
    void aGroupThatFailsAgainAndAgainIsGivenUpAndEachOfItIsToldSo() {
        Future<PlacingResult> first = holdOneInFlight();
        List<Future<PlacingResult>> waiting = placeAndGather(orders(3));
        downstream.on(StandInDownstreamServices.RESERVE, call -> new Answer(500, "text/plain", "oops"));

        goOn.countDown();

        get(first);
        assertThat(waiting).allSatisfy(one -> assertThat(reason(one)).isEqualTo(Rejection.Reason.SERVICE_UNAVAILABLE));
        assertThat(coordinator.begun()).as("the first, and four rounds").hasSize(5);
    }

    @Test
    void anOrderThatIsTooOldIsNotRunAgain() {
        set("again-within", "0s");
        Future<PlacingResult> first = holdOneInFlight();
        List<Future<PlacingResult>> waiting = placeAndGather(orders(3));
        downstream.on(StandInDownstreamServices.RESERVE, call -> new Answer(500, "text/plain", "oops"));

        goOn.countDown();

        get(first);
        assertThat(waiting).allSatisfy(one -> assertThat(reason(one)).isEqualTo(Rejection.Reason.SERVICE_UNAVAILABLE));
        assertThat(coordinator.begun()).hasSize(2);
    }

    @Test
    void aRollbackThatIsNotCertainIsNotFollowedByAnotherRound() {
        Future<PlacingResult> first = holdOneInFlight();
        List<Order> orders = orders(3);
        List<Future<PlacingResult>> waiting = placeAndGather(orders);
        downstream.on(StandInDownstreamServices.RESERVE, call -> new Answer(500, "text/plain", "oops"));
        coordinator.onRollback(xid -> GlobalTxOutcome.UNKNOWN);

        goOn.countDown();

        get(first);
        assertThat(statuses(waiting)).containsOnly(OrderStatus.RECEIVED);
        assertThat(coordinator.begun()).hasSize(2);
        coordinator.behave();
        endAll(orders);
    }

    @Test
    void aCommitThatIsNotAnsweredIsUnknownToAllAndTheirRowsTellTheTruthLater() {
        coordinator.onCommit(xid -> GlobalTxOutcome.UNKNOWN);
        Future<PlacingResult> first = holdOneInFlight();
        List<Order> orders = orders(4);
        List<Future<PlacingResult>> waiting = placeAndGather(orders);

        goOn.countDown();

        assertThat(status(get(first))).isEqualTo(OrderStatus.PLACED);
        assertThat(statuses(waiting)).containsOnly(OrderStatus.PLACED);
        coordinator.begun().forEach(coordinator::confirm);
        assertThat(orders)
                .allSatisfy(order ->
                        assertThat(database.statusOf(order.id().value())).isEqualTo("PAID"));
    }

    @Test
    void aCommitThatFailsInAWayThatNobodyForesawIsUnknownToAllAndTheNextGroupRuns() {
        Future<PlacingResult> first = holdOneInFlight();
        List<Order> orders = orders(4);
        List<Future<PlacingResult>> waiting = placeAndGather(orders);
        coordinator.onCommit(xid -> {
            throw new IllegalStateException("not foreseen");
        });

        goOn.countDown();

        assertThat(get(first)).isInstanceOf(Undecided.class);
        waiting.forEach(one -> assertThat(get(one)).isInstanceOf(Undecided.class));
        List<String> begun = coordinator.begun();
        coordinator.behave();
        begun.forEach(coordinator::confirm);
        assertThat(status(groups.place(order("next"), NO_CARD))).isEqualTo(OrderStatus.PAID);
    }

    @Test
    void withoutACoordinatorNothingIsWrittenDownForAnybody() {
        Future<PlacingResult> first = holdOneInFlight();
        List<Future<PlacingResult>> waiting = placeAndGather(orders(4));
        coordinator.goAway();

        goOn.countDown();

        get(first);
        waiting.forEach(one -> assertThat(get(one)).isInstanceOf(NotBegun.class));
        assertThat(database.jdbc()
                        .queryForObject("select count(*) from orders where buyer_id like ?", Long.class, run + "%"))
                .isEqualTo(1);
    }

    @Test
    void aRequestThatWaitsTooLongWithdrawsItsOrderWhichIsNeverWrittenDown() {
        Future<PlacingResult> first = holdOneInFlight();
        set("patience", "150ms");
        Order impatient = order("impatient");

        assertThat(groups.place(impatient, NO_CARD)).isInstanceOf(NotBegun.class);

        assertThat(gauge(GroupMetrics.WAITING)).isZero();
        goOn.countDown();
        get(first);
        assertThat(repository.find(impatient.id())).isEmpty();
    }

    @Test
    void aRequestThatIsInterruptedWithdrawsItsOrder() {
        Future<PlacingResult> first = holdOneInFlight();
        Order order = order("interrupted");
        Thread.currentThread().interrupt();

        assertThat(groups.place(order, NO_CARD)).isInstanceOf(NotBegun.class);

        assertThat(Thread.interrupted()).isTrue();
        goOn.countDown();
        get(first);
        assertThat(repository.find(order.id())).isEmpty();
    }

    @Test
    void aRequestThatLeavesWhileItsOrderIsPlacedDoesNotLoseIt() {
        set("patience", "300ms");
        downstream.on(StandInDownstreamServices.RESERVE, this::holdThenServe);
        Order order = order("late");

        assertThat(groups.place(order, NO_CARD)).isInstanceOf(Undecided.class);

        assertThat(database.statusOf(order.id().value())).isEqualTo("RECEIVED");
        goOn.countDown();
        await().until(() -> database.statusOf(order.id().value()).equals("PAID"));
    }

    @Test
    void ordersThatGoAloneHaveBoundedPlacesAndGiveThemBack() throws Exception {
        set("enabled", "false");
        GroupCommit onePlace = new GroupCommit(
                group,
                limits,
                Bulkhead.of(
                        "one-place",
                        BulkheadConfig.custom()
                                .maxConcurrentCalls(1)
                                .maxWaitDuration(Duration.ZERO)
                                .build()),
                new GroupMetrics(new SimpleMeterRegistry()));
        CountDownLatch reserving = new CountDownLatch(1);
        downstream.on(StandInDownstreamServices.RESERVE, call -> {
            reserving.countDown();
            return holdThenServe(call);
        });
        Future<PlacingResult> first = buyers.submit(() -> onePlace.place(order("first"), NO_CARD));
        assertThat(reserving.await(30, TimeUnit.SECONDS)).isTrue();

        Order refused = order("refused");
        assertThat(onePlace.place(refused, NO_CARD)).isInstanceOf(TooManyWaiting.class);

        assertThat(repository.find(refused.id())).isEmpty();
        goOn.countDown();
        assertThat(status(get(first))).isEqualTo(OrderStatus.PAID);
        assertThat(status(onePlace.place(order("next"), NO_CARD))).isEqualTo(OrderStatus.PAID);
        coordinator.goAway();
        assertThat(onePlace.place(order("away"), NO_CARD)).isInstanceOf(NotBegun.class);
        coordinator.behave();
        assertThat(status(onePlace.place(order("back"), NO_CARD))).isEqualTo(OrderStatus.PAID);
        onePlace.destroy();
    }

    @Test
    void anOrderThatGoesAloneAndFailsInAWayThatNobodyForesawIsUnknownToItsBuyer() {
        set("enabled", "false");
        coordinator.onCommit(xid -> {
            throw new IllegalStateException("not foreseen");
        });

        assertThat(groups.place(order("alone"), NO_CARD)).isInstanceOf(Undecided.class);

        List<String> begun = coordinator.begun();
        coordinator.behave();
        begun.forEach(coordinator::confirm);
    }

    @Test
    void groupingIsSwitchedOffAndOnWhileOrdersComeIn() throws Exception {
        assertThat(limits.current().enabled()).isTrue();
        set("enabled", "false");
        CountDownLatch allReserve = new CountDownLatch(5);
        downstream.on(StandInDownstreamServices.RESERVE, call -> {
            allReserve.countDown();
            return holdThenServe(call);
        });
        List<Future<Reply>> replies = IntStream.range(0, 5)
                .mapToObj(i -> buyers.submit(() -> post(run + "-" + i, body("alice"))))
                .toList();
        assertThat(allReserve.await(30, TimeUnit.SECONDS)).as("five at once").isTrue();
        goOn.countDown();
        for (Future<Reply> reply : replies) {
            assertThat(reply.get(30, TimeUnit.SECONDS).status()).isEqualTo(201);
        }
        assertThat(groupSizes()).containsExactly(1, 1, 1, 1, 1);
        long groupsBefore = meters.summary(GroupMetrics.SIZE).count();

        set("enabled", "true");

        assertThat(post(run + "-on", body("alice")).status()).isEqualTo(201);
        assertThat(meters.summary(GroupMetrics.SIZE).count()).isEqualTo(groupsBefore + 1);
    }

    @Test
    void aServiceThatStopsTellsWhoWaitsAndEndsWhatIsInFlight() {
        Future<PlacingResult> first = holdOneInFlight();
        List<Order> orders = orders(5);
        List<Future<PlacingResult>> waiting = placeAndGather(orders);

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(groups::stop, buyers);

        waiting.forEach(one -> assertThat(get(one)).isInstanceOf(NotBegun.class));
        assertThat(groups.place(order("too late"), NO_CARD)).isInstanceOf(NotBegun.class);
        assertThat(stopped).isNotDone();
        goOn.countDown();
        assertThat(status(get(first))).isEqualTo(OrderStatus.PAID);
        assertThat(stopped).succeedsWithin(Duration.ofSeconds(10));
        assertThat(groups.isRunning()).isFalse();
        assertThat(orders)
                .allSatisfy(order -> assertThat(repository.find(order.id())).isEmpty());

        groups.start();
        assertThat(status(groups.place(order("again"), NO_CARD))).isEqualTo(OrderStatus.PAID);
    }

    @Test
    void twoHundredBuyersAtOnceEachGetTheAnswerToTheirOwnOrder() throws Exception {
        set("in-flight", "2");
        int threads = 200;
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Future<Reply>> replies = IntStream.range(0, threads)
                .mapToObj(i -> buyers.submit(() -> {
                    start.await();
                    return post(run + "-" + i, body(run + "-buyer-" + i));
                }))
                .toList();

        Set<String> orderIds = new HashSet<>();
        for (int i = 0; i < threads; i++) {
            Reply reply = replies.get(i).get(90, TimeUnit.SECONDS);
            assertThat(reply.status()).as("%s", reply.body()).isEqualTo(201);
            assertThat(reply.body().get("buyerId").asString()).isEqualTo(run + "-buyer-" + i);
            assertThat(reply.body().get("status").asString()).isEqualTo("PAID");
            orderIds.add(reply.body().get("orderId").asString());
        }
        assertThat(orderIds).hasSize(threads);
        assertThat(coordinator.begun().size()).as("global transactions").isLessThan(threads / 2);
    }

    private Future<PlacingResult> holdOneInFlight() {
        downstream.on(StandInDownstreamServices.RESERVE, this::holdThenServe);
        Future<PlacingResult> first = place(order("first"));
        await().until(() ->
                downstream.callsTo(StandInDownstreamServices.RESERVE).size() == 1);
        return first;
    }

    private List<Future<PlacingResult>> placeAndGather(List<Order> orders) {
        double before = gauge(GroupMetrics.WAITING);
        List<Future<PlacingResult>> waiting = orders.stream().map(this::place).toList();
        await().pollInterval(Duration.ofMillis(5)).until(() -> gauge(GroupMetrics.WAITING) == before + orders.size());
        return waiting;
    }

    private Future<PlacingResult> place(Order order) {
        return buyers.submit(() -> groups.place(order, NO_CARD));
    }

    private Answer holdThenServe(Call call) {
        awaitGoOn();
        return serve(call);
    }

    private void awaitGoOn() {
        try {
            if (!goOn.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test never let it go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Answer serve(Call call) {
        return served("reserved", call.orderIds());
    }

    private static Answer served(String what, List<String> orderIds) {
        return Answer.ok("{\"" + what + "\":" + JSON.writeValueAsString(orderIds) + "}");
    }

    private static Answer refuseOrServe(Call call, Set<String> refused, String what, int status, String code) {
        List<String> now = call.orderIds().stream().filter(refused::contains).toList();
        return now.isEmpty() ? served(what, call.orderIds()) : Answer.refusal(status, code, "", now);
    }

    private void endAll(List<Order> orders) {
        coordinator.begun().forEach(coordinator::cancel);
        orders.forEach(order -> repository
                .find(order.id())
                .ifPresent(row -> repository.reject(Map.of(row.id(), Rejection.abandoned()), row.xid())));
    }

    private void set(String name, String value) {
        settings.put(PREFIX + name, value);
        limits.refresh();
    }

    private List<Integer> groupSizes() {
        return downstream.callsTo(StandInDownstreamServices.OPEN).stream()
                .map(call -> call.orderIds().size())
                .toList();
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    private long rowsWithKey(String key) {
        return database.jdbc().queryForObject("select count(*) from orders where idempotency_key = ?", Long.class, key);
    }

    private List<Order> orders(int count) {
        return IntStream.range(0, count).mapToObj(i -> order("waiting-" + i)).toList();
    }

    private Order order(String name) {
        return order(name, 1);
    }

    private Order order(String name, int lines) {
        return order(name, "key", lines);
    }

    /** One of several of that buyer. */
    private Order orderOf(String buyer, int lines) {
        return order(buyer, "key-" + NUMBERS.incrementAndGet(), lines);
    }

    private Order order(String name, String key, int lines) {
        List<OrderLine> all = IntStream.range(0, lines)
                .mapToObj(
                        i -> new OrderLine(new Sku(i == 0 ? run : run + "-" + i), new Quantity(1), new Money(5, "CNY")))
                .toList();
        return Order.received(
                ids.next(),
                new Purchase(new BuyerId((run + "-" + name).replace(' ', '-')), all, PaymentMethod.WALLET),
                key,
                Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    private String body(String buyer) {
        return """
                {"buyerId":"%s","items":[{"sku":"%s","quantity":2,"unitPrice":{"minor":19,"currency":"CNY"}}],
                 "payment":{"method":"WALLET"}}""".formatted(buyer, run);
    }

    private static PlacingResult get(Future<PlacingResult> outcome) {
        try {
            return outcome.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("no outcome", e);
        }
    }

    /** As its row was when its group had been carried out. */
    private static Order orderOf(PlacingResult outcome) {
        if (outcome instanceof Decided decided) {
            assertThat(decided.created()).isTrue();
            return decided.order();
        }
        assertThat(outcome).isInstanceOf(Undecided.class);
        return ((Undecided) outcome).order();
    }

    private static OrderStatus status(PlacingResult outcome) {
        return orderOf(outcome).status();
    }

    private static List<OrderStatus> statuses(List<Future<PlacingResult>> outcomes) {
        return outcomes.stream().map(outcome -> status(get(outcome))).toList();
    }

    private static Rejection.Reason reason(Future<PlacingResult> outcome) {
        return orderOf(get(outcome)).whyRejected().orElseThrow().reason();
    }

    private Reply post(String key, String body) {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create(url + "/orders"))
                            .timeout(Duration.ofSeconds(60))
                            .header("Content-Type", "application/json")
                            .header("Authorization", tokens.authorizationFor("/orders"))
                            .header("X-Reason", "a test")
                            .header("Idempotency-Key", key)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
            return new Reply(response, JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private record Reply(HttpResponse<String> response, JsonNode body) {

        int status() {
            return response.statusCode();
        }
    }
}
