package io.holdfast.payment;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The card gateway as its interface describes it (gateway-sandbox), in the process of the test: charges, a memory of idempotency
 * keys, and ways to misbehave. The real one cannot be on this class path, for it brings migrations and settings of its own.
 */
public final class StandInGateway {

    /** What the next call of an operation meets. */
    public enum Trouble {
        /** 503, and nothing happened. */
        FAILS_BEFORE,
        /** 503, and it took effect all the same. */
        FAILS_AFTER,
        /** It takes effect, and the caller gets no answer. */
        SILENT_AFTER,
        /** The connection is closed, and nothing happened. */
        HANGS_UP,
        /** It takes effect when {@link #letLateOnesGo()} is called, and the caller gets no answer. */
        LATE,
        /** The issuer says no. */
        DECLINES
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Deque<Trouble>> troubles = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Object>> charges = new LinkedHashMap<>();
    private final Map<String, Answer> answers = new HashMap<>();
    private final Map<String, String> chargeOfKey = new HashMap<>();
    private final List<String> effects = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch late = new CountDownLatch(1);
    private volatile boolean gone;
    private int numbers;

    private StandInGateway(HttpServer server) {
        this.server = server;
    }

    public static StandInGateway start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
            StandInGateway gateway = new StandInGateway(server);
            server.createContext("/", gateway::handle);
            server.setExecutor(gateway.threads);
            server.start();
            return gateway;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public void stop() {
        letLateOnesGo();
        server.stop(0);
        threads.shutdownNow();
    }

    public void behave() {
        troubles.clear();
        gone = false;
        letLateOnesGo();
    }

    /** @param operation authorize, capture, void, refund or query */
    public void next(String operation, Trouble... wanted) {
        Deque<Trouble> queue = new ArrayDeque<>(List.of(wanted));
        troubles.put(operation, queue);
    }

    /** Nobody answers any more. */
    public void goAway() {
        gone = true;
    }

    public void comeBack() {
        gone = false;
    }

    public void letLateOnesGo() {
        late.countDown();
        late = new CountDownLatch(1);
    }

    /** What was done about a reference, in order: {@code AUTHORIZED}, {@code CAPTURED}, {@code VOIDED}, {@code REFUNDED}. */
    public List<String> effectsOn(String reference) {
        String prefix = reference + " ";
        return effects.stream()
                .filter(effect -> effect.startsWith(prefix))
                .map(effect -> effect.substring(prefix.length()))
                .toList();
    }

    /** The calls of an operation with keys, for one reference or charge, as they came. */
    public List<String> callsOf(String operation) {
        return calls.stream().filter(call -> call.startsWith(operation + " ")).toList();
    }

    /** Somebody settles a charge past us. */
    public void changeByHand(String reference, String status) {
        synchronized (charges) {
            charges.values().stream()
                    .filter(charge -> charge.get("reference").equals(reference))
                    .forEach(charge -> charge.put("status", status));
        }
        effects.add(reference + " " + status);
    }

    /** Tells another status of a charge from now on, without anything having been done to it. */
    public void tellsOf(String reference, String status) {
        synchronized (charges) {
            charges.values().stream()
                    .filter(charge -> charge.get("reference").equals(reference))
                    .forEach(charge -> charge.put("status", status));
        }
    }

    /** Somebody charges a card past us. */
    public String chargeByHand(String reference) {
        synchronized (charges) {
            String id = "ch_" + ++numbers;
            charges.put(
                    id,
                    new HashMap<>(Map.of(
                            "id",
                            id,
                            "reference",
                            reference,
                            "status",
                            "CAPTURED",
                            "amount",
                            Map.of("minor", 1L, "currency", "CNY"))));
            return id;
        }
    }

    /** As if it had never been made. */
    public void forget(String charge) {
        synchronized (charges) {
            charges.remove(charge);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        boolean isQuery = exchange.getRequestMethod().equals("GET");
        String operation =
                isQuery ? "query" : path.equals("/charges") ? "authorize" : path.substring(path.lastIndexOf('/') + 1);
        calls.add(operation + " " + path + " " + key);
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization == null || !authorization.startsWith("Bearer ")) {
            send(exchange, problem(401, "unauthorized", null));
            return;
        }
        Trouble trouble = trouble(operation);
        if (gone || trouble == Trouble.HANGS_UP) {
            exchange.close();
            return;
        }
        if (trouble == Trouble.FAILS_BEFORE) {
            send(exchange, problem(503, "gateway-failure", null));
            return;
        }
        if (trouble == Trouble.LATE) {
            CountDownLatch waiting = late;
            try {
                waiting.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        boolean declines = trouble == Trouble.DECLINES;
        Answer answer = isQuery
                ? query(path, Optional.ofNullable(exchange.getRequestURI().getRawQuery()))
                : once(key, operation, path, body, declines);
        if (trouble == Trouble.SILENT_AFTER || trouble == Trouble.LATE) {
            exchange.close();
        } else {
            send(exchange, trouble == Trouble.FAILS_AFTER ? problem(503, "gateway-failure", null) : answer);
        }
    }

    private Trouble trouble(String operation) {
        Deque<Trouble> queue = troubles.get(operation);
        if (queue == null) {
            return null;
        }
        synchronized (queue) {
            return queue.poll();
        }
    }

    private Answer query(String path, Optional<String> query) {
        synchronized (charges) {
            if (query.isPresent() && query.get().startsWith("after=")) {
                String after =
                        query.get().substring("after=".length(), query.get().indexOf('&'));
                return new Answer(
                        200,
                        JSON.writeValueAsString(Map.of(
                                "charges",
                                charges.values().stream()
                                        .filter(charge -> ((String) charge.get("id")).compareTo(after) > 0)
                                        .sorted(Comparator.comparing(charge -> (String) charge.get("id")))
                                        .limit(100)
                                        .toList())));
            }
            if (query.isPresent()) {
                String key =
                        URLDecoder.decode(query.get().substring("idempotencyKey=".length()), StandardCharsets.UTF_8);
                List<Map<String, Object>> found = new ArrayList<>();
                if (chargeOfKey.containsKey(key)) {
                    found.add(charges.get(chargeOfKey.get(key)));
                }
                return new Answer(200, JSON.writeValueAsString(Map.of("charges", found)));
            }
            Map<String, Object> charge = charges.get(path.substring("/charges/".length()));
            return charge == null
                    ? problem(404, "unknown-charge", null)
                    : new Answer(200, JSON.writeValueAsString(charge));
        }
    }

    private Answer once(String key, String operation, String path, byte[] body, boolean declines) {
        synchronized (charges) {
            Answer earlier = answers.get(key);
            if (earlier != null) {
                return earlier;
            }
            Answer answer = operation.equals("authorize")
                    ? authorize(key, JSON.readTree(body), declines)
                    : step(operation, path.split("/")[2], declines);
            answers.put(key, answer);
            return answer;
        }
    }

    private Answer authorize(String key, JsonNode request, boolean declines) {
        String token = request.get("token").asString();
        String decline = declines || token.startsWith("tok_declined")
                ? "card-declined"
                : token.startsWith("tok_expired") ? "card-expired" : null;
        String id = "ch_" + ++numbers;
        Map<String, Object> charge = new LinkedHashMap<>();
        charge.put("id", id);
        charge.put("reference", request.get("reference").asString());
        charge.put("status", decline == null ? "AUTHORIZED" : "DECLINED");
        charge.put("amount", Map.of("minor", request.at("/amount/minor").asLong(), "currency", "CNY"));
        charge.put("declineCode", decline);
        charges.put(id, charge);
        chargeOfKey.put(key, id);
        if (decline != null) {
            return problem(402, decline, id);
        }
        effects.add(charge.get("reference") + " AUTHORIZED");
        return new Answer(201, JSON.writeValueAsString(charge));
    }

    private Answer step(String operation, String id, boolean declines) {
        Map<String, Object> charge = charges.get(id);
        if (charge == null) {
            return problem(404, "unknown-charge", null);
        }
        String status = (String) charge.get("status");
        String next =
                switch (operation + " " + status) {
                    case "capture AUTHORIZED" -> "CAPTURED";
                    case "void AUTHORIZED" -> "VOIDED";
                    case "refund CAPTURED" -> "REFUNDED";
                    default -> null;
                };
        if (next == null) {
            return problem(409, "charge-" + status.toLowerCase(Locale.ROOT), id);
        }
        if (declines) {
            return problem(402, "card-declined", id);
        }
        charge.put("status", next);
        effects.add(charge.get("reference") + " " + next);
        return new Answer(200, JSON.writeValueAsString(charge));
    }

    private static Answer problem(int status, String code, String chargeId) {
        Map<String, Object> problem = new HashMap<>(Map.of("code", code, "status", status));
        problem.put("chargeId", chargeId);
        return new Answer(status, JSON.writeValueAsString(problem));
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders()
                .set("Content-Type", answer.status() < 400 ? "application/json" : "application/problem+json");
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private record Answer(int status, String body) {}
}
