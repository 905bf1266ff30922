package io.holdfast.systemtest.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.HoldfastService;
import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import tools.jackson.databind.json.JsonMapper;

/** The running platform as its callers meet it: over HTTP, each call bounded in time, and as processes that can be killed. */
public final class Platform {

    /** Beside a developer's platform, and below the ports that Linux lends to outgoing connections. */
    public static final int PORT_OFFSET = 18_000;

    /** Longer than the longest answer of order-svc on a busy machine, shorter than a test. */
    private static final Duration CALL_LIMIT = Duration.ofSeconds(45);

    private static final Duration TOKEN_LIFETIME = Duration.ofHours(2);
    /** One that lives for longer than ten minutes is not taken. */
    private static final Duration SERVICE_TOKEN_LIFETIME = Duration.ofMinutes(1);

    private static final String OPERATOR = "operator";

    private static final JsonMapper JSON = new JsonMapper();

    private final Stack stack;
    private final ProcessEvents events;
    private final Databases databases;
    private final DatabaseFaults faults;
    private final HttpClient http;
    /** Also unlike those of an earlier run on the same platform. */
    private final String run = Long.toString(System.currentTimeMillis(), 36);

    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private final AtomicInteger names = new AtomicInteger();
    /** Whether a process was killed or frozen since the last healing. */
    private boolean disturbed;

    private boolean stoppedOnPurpose;

    Platform(Stack stack, ProcessEvents events) {
        this.stack = stack;
        this.events = events;
        this.databases = new Databases(stack.database().rootAccess("mysql"), events);
        this.faults = new DatabaseFaults(stack.database().rootAccess("mysql"), events);
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(3))
                .build();
    }

    /** The one platform of this test run; started if it is not. */
    public static Platform running(ExtensionContext context) {
        return PlatformExtension.running(context);
    }

    public Stack stack() {
        return stack;
    }

    public Databases databases() {
        return databases;
    }

    public DatabaseFaults faults() {
        return faults;
    }

    // What every test begins with: goods and buyers of its own, so that tests do not meet.

    /** A new SKU with that much in stock. */
    public String goods(int quantity) {
        // Of one length, so that SKUs sort in the order in which a test asks for them: the order in which they are
        // locked.
        String sku = "SKU-%s-%05d".formatted(run, names.incrementAndGet());
        if (quantity > 0) {
            assertThat(receive(sku, quantity, newKey()).status()).isEqualTo(201);
        }
        return sku;
    }

    /** A new buyer with that much money, in CNY. */
    public String buyer(long minor) {
        String buyer = "buyer-" + run + "-" + names.incrementAndGet();
        if (minor > 0) {
            assertThat(deposit(buyer, minor, newKey()).status()).isEqualTo(201);
        }
        return buyer;
    }

    public static String newKey() {
        return UUID.randomUUID().toString();
    }

    public Answer receive(String sku, int quantity, String key) {
        return post(stack.stock().url() + "/stock/" + sku + "/receipts", key, Map.of("quantity", quantity));
    }

    public Answer deposit(String buyer, long minor, String key) {
        return post(
                stack.payment().url() + "/accounts/" + buyer + "/deposits",
                key,
                Map.of("amount", Map.of("minor", minor, "currency", "CNY")));
    }

    /** One line of an order, at a price in CNY. */
    public record Line(String sku, int quantity, long unitPriceMinor) {

        Map<String, Object> json() {
            return Map.of(
                    "sku", sku, "quantity", quantity, "unitPrice", Map.of("minor", unitPriceMinor, "currency", "CNY"));
        }
    }

    /** From the buyer's account. */
    public static final Map<String, Object> BY_WALLET = Map.of("method", "WALLET");

    /** By the card that the gateway's sandbox always authorizes. */
    public static final Map<String, Object> BY_CARD = Map.of("method", "CARD", "token", "tok_ok");

    public static Map<String, Object> orderBody(String buyer, Line... lines) {
        return orderBody(BY_WALLET, buyer, lines);
    }

    public static Map<String, Object> orderBody(Map<String, Object> payment, String buyer, Line... lines) {
        return Map.of(
                "buyerId", buyer, "items", Arrays.stream(lines).map(Line::json).toList(), "payment", payment);
    }

    public Answer order(String buyer, Line... lines) {
        return orderWithKey(newKey(), buyer, lines);
    }

    public Answer orderWithKey(String key, String buyer, Line... lines) {
        return post(ordersUrl(), key, orderBody(buyer, lines));
    }

    public Answer cardOrder(String buyer, Line... lines) {
        return post(ordersUrl(), newKey(), orderBody(BY_CARD, buyer, lines));
    }

    /** Sends the order and goes on; a connection that breaks because order-svc is killed shows in the future. */
    public CompletableFuture<Answer> sendOrder(String buyer, Line... lines) {
        return sendOrder(BY_WALLET, buyer, lines);
    }

    public CompletableFuture<Answer> sendOrder(Map<String, Object> payment, String buyer, Line... lines) {
        return http.sendAsync(
                        request(ordersUrl(), Map.of("Idempotency-Key", newKey()))
                                .POST(json(orderBody(payment, buyer, lines)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                .thenApply(Answer::of);
    }

    public Answer getOrder(String orderId) {
        return get(ordersUrl() + "/" + orderId);
    }

    public String ordersUrl() {
        return stack.order().url() + "/orders";
    }

    /** Waits until a new order is paid in one go: every part works, and every client has found its way back to the coordinator. */
    public void awaitOrdersArePaid() {
        String sku = goods(1_000);
        String buyer = buyer(1_000_000);
        events.waited("orders are paid", () -> await("orders are paid")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> order(buyer, new Line(sku, 1, 1)).orderStatus().equals("PAID")));
    }

    // HTTP

    public Answer get(String url) {
        return send(request(url, Map.of()).GET());
    }

    public Answer post(String url, String key, Object body) {
        return send(request(url, Map.of("Idempotency-Key", key)).POST(json(body)));
    }

    /** As it stands, with the headers given and no others but the content type. */
    public Answer postText(String url, Map<String, String> headers, String body) {
        return send(request(url, headers).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Says that its body is a form's. */
    public Answer postForm(String url, Map<String, String> headers, String body) {
        return send(request(url, headers)
                .setHeader("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Any method; an empty body is none. */
    public Answer call(String method, String url, Map<String, String> headers, String body) {
        return send(request(url, headers)
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body)));
    }

    public Answer getWith(String url, Map<String, String> headers) {
        return send(request(url, headers).GET());
    }

    public static String text(Object body) {
        return JSON.writeValueAsString(body);
    }

    private static HttpRequest.BodyPublisher json(Object body) {
        return HttpRequest.BodyPublishers.ofString(text(body));
    }

    private HttpRequest.Builder request(String url, Map<String, String> headers) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(url)).timeout(CALL_LIMIT).header("Content-Type", "application/json");
        headers.forEach((name, value) -> {
            // An empty one means: none, not even the one that this platform would add.
            if (!(name.equals("Authorization") || name.equals("X-Reason")) || !value.isEmpty()) {
                builder.header(name, value);
            }
        });
        if (!headers.containsKey("X-Reason")) {
            builder.header("X-Reason", "a system test");
        }
        if (!headers.containsKey("Authorization")) {
            programAt(URI.create(url))
                    .ifPresent(program -> builder.header(
                            "Authorization",
                            "Bearer " + tokenFor(program, URI.create(url).getPath())));
        }
        return builder;
    }

    /** What a call of the address needs: the calling service's token on paths for services, elsewhere an operator's. */
    private String tokenFor(String program, String path) {
        return isForServices(program, path)
                ? stack.tokens().service(callerOf(program), program, SERVICE_TOKEN_LIFETIME)
                : tokens.computeIfAbsent(OPERATOR, name -> stack.tokens().operator(name, TOKEN_LIFETIME));
    }

    /** New ones from now on: the keys that signed these are no longer known. */
    public void forgetTokens() {
        tokens.clear();
    }

    /** Which of our programs has this address, on its port or on its management port; empty for a part that others have made. */
    private Optional<String> programAt(URI url) {
        return programs()
                .filter(program -> Stream.of(program.url(), program.managementUrl())
                        .anyMatch(own -> URI.create(own).getPort() == url.getPort()))
                .map(Part::name)
                .findFirst();
    }

    public Stream<HoldfastService> services() {
        return Stream.of(stack.order(), stack.stock(), stack.payment());
    }

    /** Every program of this code base that listens: the services, and the stand-in for a card gateway. */
    public Stream<HoldfastService> programs() {
        return Stream.concat(services(), Stream.of(stack.gateway()));
    }

    /** Who calls the paths of a program that are for services, with a token of its own. */
    public static String callerOf(String program) {
        return program.equals("gateway-sandbox") ? "payment-svc" : "order-svc";
    }

    public static boolean isForServices(String program, String path) {
        return path.startsWith(program.equals("gateway-sandbox") ? "/charges" : "/internal/");
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            return Answer.of(http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new IllegalStateException("no answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The answer of a call that was sent before; fails the test if it does not come. */
    public static Answer answerOf(CompletableFuture<Answer> sent) {
        try {
            return sent.get(CALL_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer to the order", e);
        }
    }

    // Metrics and logs

    /** How often a service's fence has counted this outcome since the service was started. */
    public long fenceCount(HoldfastService service, String action, String outcome) {
        return get(service.managementUrl() + "/actuator/prometheus")
                .text()
                .lines()
                .filter(line -> line.startsWith("holdfast_tcc_fence_total{")
                        && line.contains("action=\"" + action + "\"")
                        && line.contains("outcome=\"" + outcome + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** All that a part has written since the platform was started. */
    public String logOf(Part part) {
        try {
            return Files.readString(part.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Nacos, by the calls that its console makes

    public String setting(String dataId) {
        Answer answer = getWith(
                nacosConsole() + "?" + form(Map.of("dataId", dataId, "groupName", "DEFAULT_GROUP", "namespaceId", "")),
                Map.of("accessToken", nacosToken()));
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.body().path("data").path("content").asString();
    }

    public void changeSetting(String dataId, String content) {
        Answer answer = send(HttpRequest.newBuilder(URI.create(nacosConsole()))
                .timeout(CALL_LIMIT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("accessToken", nacosToken())
                .POST(HttpRequest.BodyPublishers.ofString(form(
                        Map.of("dataId", dataId, "groupName", "DEFAULT_GROUP", "type", "yaml", "content", content)))));
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    private String nacosConsole() {
        return stack.nacos().consoleUrl() + "/v3/console/cs/config";
    }

    private String nacosToken() {
        Answer answer = send(HttpRequest.newBuilder(URI.create(stack.nacos().consoleUrl() + "/v3/auth/user/login"))
                .timeout(CALL_LIMIT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(Map.of(
                        "username",
                        stack.nacos().user(),
                        "password",
                        stack.nacos().password())))));
        assertThat(answer.status()).as("log-in at the console of Nacos").isEqualTo(200);
        return answer.body().path("accessToken").asString();
    }

    private static String form(Map<String, String> fields) {
        List<String> pairs = new ArrayList<>();
        fields.forEach((name, value) -> pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return String.join("&", pairs);
    }

    // Faults

    /** kill -9 */
    public void kill(Part part) {
        disturbed = true;
        events.timed("kill", part.name(), part::kill);
        assertThat(part.isRunning()).as(part.name() + " runs").isFalse();
    }

    public void start(Part part) {
        start(part, Map.of());
    }

    public void start(Part part, Map<String, String> environment) {
        events.start(part, () -> part.start(environment));
    }

    /** Those that do not need each other, at the same time. */
    public void startTogether(List<? extends Part> parts) {
        startTogether(parts, Map.of());
    }

    public void startTogether(List<? extends Part> parts, Map<String, String> environment) {
        if (parts.isEmpty()) {
            return;
        }
        try {
            Crowd.of(parts.size()).everyone(i -> {
                start(parts.get(i), environment);
                return i;
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** SIGTERM; does nothing if it does not run. */
    public void stop(Part part) {
        events.timed("stop", part.name(), part::stop);
    }

    /** SIGSTOP */
    public void freeze(Part part) {
        disturbed = true;
        events.timed("freeze", part.name(), part::pause);
    }

    /** SIGCONT */
    public void thaw(Part part) {
        try {
            part.resume();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Undoes every fault that a test may have left: held locks, frozen and dead processes. Starts no part that runs. */
    public void heal() {
        faults.close();
        if (!disturbed) {
            return;
        }
        stack.parts().stream().filter(Part::isRunning).forEach(this::thaw);
        events.startMissing(stack);
        disturbed = false;
    }

    /** By the last test of all: nothing is to be healed or asked any more. */
    public void stoppedOnPurpose() {
        stoppedOnPurpose = true;
    }

    boolean isStoppedOnPurpose() {
        return stoppedOnPurpose;
    }

    ProcessEvents events() {
        return events;
    }

    void stop() {
        faults.close();
        try {
            stack.stopAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
