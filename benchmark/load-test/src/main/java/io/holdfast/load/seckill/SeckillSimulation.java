package io.holdfast.load.seckill;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.doWhile;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import io.holdfast.load.platform.Platform;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A crowd of buyers in a sale that is open: each orders one piece, and asks again with the same key as long as the platform is too
 * busy to answer. Gatling makes it; what is to be done is in the {@link Plan}.
 */
public final class SeckillSimulation extends Simulation {

    private static final int MAX_TRIES = 15;
    private static final long MAX_PAUSE_MILLIS = 2_000;

    private final Plan plan = Plan.read(Path.of(System.getProperty(Plan.PROPERTY)));
    private final AnswersSoFar answers = new AnswersSoFar();

    /** Called by Gatling. */
    public SeckillSimulation() {
        Platform platform = Platform.in(Path.of(plan.checkout()), Path.of(plan.runFolder()));
        List<String> tokens = platform.buyerTokens(plan.buyerIds());
        Iterator<Map<String, Object>> arrivals = IntStream.range(0, plan.arrivals())
                .mapToObj(i -> Map.<String, Object>of("token", tokens.get(i % tokens.size()), "arrival", i))
                .iterator();
        ChainBuilder ordering = doWhile(SeckillSimulation::isToAskAgain)
                .on(exec(SeckillSimulation::beginTry)
                        .exec(order(platform.saleOrdersUrl(plan.saleId())))
                        .doIf(SeckillSimulation::isToAskAgain)
                        .then(pause(SeckillSimulation::pauseBeforeNext)));
        setUp(scenario("buyers of a flash sale")
                        .exec(
                                feed(arrivals),
                                exec(session -> session.set("from", System.nanoTime())),
                                ordering,
                                exec(this::note))
                        .injectOpen(rampUsers(plan.arrivals()).during(plan.lasting())))
                // One pool for all, as behind a load balancer: a connection of each buyer's own would be a test of TCP.
                .protocols(
                        http.shareConnections().warmUp(platform.stack().order().managementUrl() + "/actuator/health"));
    }

    @Override
    public void after() {
        answers.summedUp().write(Path.of(plan.answers()));
    }

    private static HttpRequestActionBuilder order(String url) {
        return http("order one piece")
                .post(url)
                .header("Authorization", "Bearer #{token}")
                .header("Idempotency-Key", "#{key}")
                .header("Content-Type", "application/json")
                .body(StringBody("{\"quantity\":1,\"payment\":{\"method\":\"WALLET\"}}"))
                .check(
                        status().in(200, 201, 409, 425, 429, 503).saveAs("status"),
                        jsonPath("$.code").optional().saveAs("code"),
                        jsonPath("$.status").optional().saveAs("order"),
                        jsonPath("$.orderId").optional().saveAs("orderId"));
    }

    private static Session beginTry(Session session) {
        int tries = triesOf(session);
        int keys = session.contains("keys") ? session.getInt("keys") : 0;
        if (Ending.needsNewKey(statusOf(session), text(session, "code"), session.contains("orderId"))) {
            keys++;
        }
        return session.removeAll("status", "code", "order", "orderId")
                .set("tries", tries + 1)
                .set("keys", keys)
                .set("key", "seckill-" + session.getInt("arrival") + "-" + keys);
    }

    private static boolean isToAskAgain(Session session) {
        int tries = triesOf(session);
        return tries == 0 || tries < MAX_TRIES && Ending.isUnsettled(statusOf(session), text(session, "code"));
    }

    private static Duration pauseBeforeNext(Session session) {
        return Duration.ofMillis(Math.min(MAX_PAUSE_MILLIS, 100L << Math.min(10, triesOf(session))));
    }

    private Session note(Session session) {
        answers.note(
                Ending.of(statusOf(session), text(session, "code"), text(session, "order")),
                session.getLong("from"),
                System.nanoTime());
        return session;
    }

    private static int triesOf(Session session) {
        return session.contains("tries") ? session.getInt("tries") : 0;
    }

    private static int statusOf(Session session) {
        return session.contains("status") ? session.getInt("status") : 0;
    }

    private static String text(Session session, String name) {
        return session.contains(name) ? String.valueOf(session.getString(name)) : "";
    }
}
