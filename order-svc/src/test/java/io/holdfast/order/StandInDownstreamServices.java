package io.holdfast.order;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** stock-svc and payment-svc as order-svc sees them: what they answer is the test's to choose, what they were asked is kept. */
public final class StandInDownstreamServices {

    public static final String RESERVE = "/internal/reservations";
    public static final String OPEN = "/internal/payments";
    public static final String AUTHORIZE = "/internal/payments/authorizations";
    public static final String OUTCOMES = "/internal/payments/outcomes";
    public static final String RESERVATION_STATES = "/internal/reservations/states";
    public static final String PAYMENT_STATES = "/internal/payments/states";
    public static final String BRANCHES = "/internal/tcc/branches";

    /** Of any sale. */
    public static final String SET_APART = "/internal/sales/{saleId}/quota";

    public static final String GIVE_BACK = "/internal/sales/{saleId}/quota/return";

    /** What is set apart for all of them. */
    public static final String QUOTAS = "/internal/sales/quotas";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Function<Call, Answer>> scripts = new ConcurrentHashMap<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    private StandInDownstreamServices(HttpServer server) {
        this.server = server;
    }

    public static StandInDownstreamServices start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
            StandInDownstreamServices downstream = new StandInDownstreamServices(server);
            server.createContext("/", downstream::handle);
            server.setExecutor(downstream.threads);
            server.start();
            downstream.serveAll();
            return downstream;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** Everything is in stock, everybody has money, and what was opened is captured. */
    public void serveAll() {
        calls.clear();
        on(RESERVE, call -> Answer.ok("{\"reserved\":" + JSON.writeValueAsString(call.orderIds()) + "}"));
        on(OPEN, call -> Answer.ok("{\"opened\":" + JSON.writeValueAsString(call.orderIds()) + "}"));
        on(
                AUTHORIZE,
                call -> Answer.ok("{\"orderId\":\"%s\",\"gatewayId\":\"ch_1\"}"
                        .formatted(call.body().get("orderId").asString())));
        outcomes("CAPTURED");
        on(BRANCHES, call -> Answer.ok("[]"));
        on(SET_APART, call -> Answer.ok(JSON.writeValueAsString(call.body())));
        on(GIVE_BACK, call -> Answer.ok("{\"returned\":0}"));
        on(QUOTAS, call -> Answer.ok("{\"quotas\":[]}"));
    }

    public void on(String path, Function<Call, Answer> script) {
        scripts.put(path, script);
    }

    public void outcomes(String outcome) {
        on(OUTCOMES, call -> {
            List<Map<String, String>> outcomes = new ArrayList<>();
            call.body()
                    .get("orderIds")
                    .forEach(id -> outcomes.add(Map.of("orderId", id.asString(), "outcome", outcome)));
            return Answer.ok(JSON.writeValueAsString(Map.of("outcomes", outcomes)));
        });
    }

    /** What has come to that path since the last {@link #serveAll()}. */
    public List<Call> callsTo(String path) {
        return ofThisTest().filter(call -> call.path().equals(path)).toList();
    }

    public List<String> paths() {
        return ofThisTest().map(Call::path).toList();
    }

    /**
     * The Confirm of an order that an earlier test left CONFIRMING may still ask at any time. So of the questions for outcomes those
     * count that are about an order that was opened since the last {@link #serveAll()}.
     */
    private Stream<Call> ofThisTest() {
        Set<String> opened = calls.stream()
                .filter(call -> call.path().equals(OPEN))
                .flatMap(call -> call.orderIds().stream())
                .collect(Collectors.toSet());
        return calls.stream()
                .filter(call -> !call.path().equals(OUTCOMES)
                        || call.askedFor().stream().anyMatch(opened::contains));
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Call call = new Call(
                exchange.getRequestURI().getPath().replaceFirst("/internal/sales/[^/]+/", "/internal/sales/{saleId}/"),
                exchange.getRequestHeaders().getFirst("TX_XID"),
                body.length == 0 ? JSON.nullNode() : JSON.readTree(body));
        calls.add(call);
        Answer answer;
        try {
            answer = scripts.get(call.path()).apply(call);
        } catch (RuntimeException e) {
            answer = new Answer(500, "text/plain", "script failed: " + e);
        }
        if (answer.status() == 0) {
            exchange.close();
            return;
        }
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    public record Call(String path, String xid, JsonNode body) {

        /** The orders whose outcomes are asked for. */
        List<String> askedFor() {
            List<String> ids = new ArrayList<>();
            body.get("orderIds").forEach(id -> ids.add(id.asString()));
            return ids;
        }

        public List<String> orderIds() {
            List<String> ids = new ArrayList<>();
            body.get("orders").forEach(order -> ids.add(order.get("orderId").asString()));
            return ids;
        }
    }

    public record Answer(int status, String type, String body) {

        public static Answer ok(String body) {
            return new Answer(200, "application/json", body);
        }

        public static Answer problem(int status, String body) {
            return new Answer(status, "application/problem+json", body);
        }

        /** The connection is closed and nothing is said. */
        public static Answer hangUp() {
            return new Answer(0, "", "");
        }

        /** A refusal of these orders as our contract has it. */
        public static Answer refusal(int status, String code, String more, List<String> orderIds) {
            List<String> refusals = orderIds.stream()
                    .map(id -> "{\"orderId\":\"%s\",\"code\":\"%s\",\"detail\":\"No, because of the %s.\"%s}"
                            .formatted(id, code, code, more))
                    .toList();
            return problem(
                    status,
                    "{\"type\":\"urn:holdfast:problem:%1$s\",\"status\":%2$d,\"code\":\"%1$s\",\"refusals\":[%3$s]}"
                            .formatted(code, status, String.join(",", refusals)));
        }
    }
}
