package io.holdfast.payment.gateway;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.holdfast.edge.token.ServiceTokens;
import io.holdfast.payment.gateway.GatewayOutcome.Done;
import io.holdfast.payment.gateway.GatewayOutcome.Refused;
import io.holdfast.payment.gateway.GatewayOutcome.Unknown;
import io.holdfast.payment.model.CardToken;
import io.holdfast.payment.model.Money;
import io.holdfast.payment.model.OrderId;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls the gateway. Every call is bounded in time, and one that changes something is made once. A caller that gets {@link
 * Unknown} queries the charge, or makes the same call again with the same key, which the gateway serves once. (Java's client repeats a
 * GET by itself, within the same time, if the connection breaks before the answer. It never repeats a POST.)
 *
 * <p>Never call it inside a database transaction.
 */
@Component
public class CardGateway {

    /** The name that the gateway goes by in tokens. */
    private static final String AUDIENCE = "gateway-sandbox";

    private static final int MAX_BYTES = 1 << 16;

    /** What else a gateway may say with a 4xx is a fault of ours or its, and says nothing of the charge. */
    private static final Set<String> REFUSALS = Set.of(
            "card-declined",
            "insufficient-funds",
            "card-expired",
            "card-unknown",
            "charge-authorized",
            "charge-captured",
            "charge-voided",
            "charge-refunded",
            "charge-declined",
            "unknown-charge");

    private final HttpClient http;
    private final GatewayProperties properties;
    private final CircuitBreaker breaker;
    private final ServiceTokens tokens;
    private final JsonMapper json;

    CardGateway(GatewayProperties properties, CircuitBreaker gatewayBreaker, ServiceTokens tokens, JsonMapper json) {
        this.properties = properties;
        this.breaker = gatewayBreaker;
        this.tokens = tokens;
        this.json = json;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(properties.connectTimeout())
                .build();
    }

    /** Holds the amount on the card. */
    public GatewayOutcome authorize(String key, OrderId order, Money amount, CardToken card) {
        return change("/charges", key, new Authorize(order.value(), amount, card.value()));
    }

    /** Takes what is held. */
    public GatewayOutcome capture(String key, String chargeId) {
        return change("/charges/" + encoded(chargeId) + "/capture", key, null);
    }

    /** Gives up what is held. */
    public GatewayOutcome cancel(String key, String chargeId) {
        return change("/charges/" + encoded(chargeId) + "/void", key, null);
    }

    /** Gives back what was taken. */
    public GatewayOutcome refund(String key, String chargeId) {
        return change("/charges/" + encoded(chargeId) + "/refund", key, null);
    }

    /** The charge of that id as it is now. */
    public Found find(String chargeId) {
        Reply reply = exchange(request("/charges/" + encoded(chargeId)).GET());
        if (reply.is(200)) {
            return reply.read(json, Charge.class)
                    .flatMap(Charge::toCharge)
                    .<Found>map(Found.Charge::new)
                    .orElseGet(() -> new Found.Unknown("the gateway described no charge"));
        }
        return reply.is(404) && "unknown-charge".equals(reply.problem(json).code())
                ? new Found.NoCharge()
                : new Found.Unknown(reply.inWords(json));
    }

    /** The charge that an authorize with that key made, as it is now. */
    public Found findByKey(String key) {
        Reply reply =
                exchange(request("/charges?idempotencyKey=" + encoded(key)).GET());
        List<@Nullable Charge> charges = reply.is(200)
                ? reply.read(json, Charges.class).map(Charges::charges).orElse(null)
                : null;
        if (charges == null) {
            return new Found.Unknown(reply.inWords(json));
        }
        if (charges.isEmpty()) {
            return new Found.NoCharge();
        }
        return Optional.ofNullable(charges.get(0))
                .flatMap(Charge::toCharge)
                .<Found>map(Found.Charge::new)
                .orElseGet(() -> new Found.Unknown("the gateway described no charge"));
    }

    /**
     * Charges of all orders, in the order of their ids.
     *
     * @param chargeId those that come after this one; empty for the first ones
     * @return empty if the gateway did not answer
     */
    public Optional<List<GatewayCharge>> after(String chargeId, int limit) {
        Reply reply = exchange(request("/charges?after=" + encoded(chargeId) + "&size=" + limit)
                .GET());
        List<@Nullable Charge> charges = reply.is(200)
                ? reply.read(json, Charges.class).map(Charges::charges).orElse(null)
                : null;
        return Optional.ofNullable(charges).map(found -> found.stream()
                .flatMap(charge -> Optional.ofNullable(charge).flatMap(Charge::toCharge).stream())
                .toList());
    }

    private GatewayOutcome change(String path, String key, @Nullable Authorize body) {
        HttpRequest.Builder request = request(path).header("Idempotency-Key", key);
        if (body == null) {
            request.POST(BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(body)));
        }
        Reply reply = exchange(request);
        if (reply.is(200) || reply.is(201)) {
            return reply.read(json, Charge.class)
                    .flatMap(Charge::toCharge)
                    .<GatewayOutcome>map(Done::new)
                    .orElseGet(() -> new Unknown("the gateway described no charge"));
        }
        Problem problem = reply.problem(json);
        if ((reply.is(402) || reply.is(404) || reply.is(409))
                && problem.code() != null
                && REFUSALS.contains(problem.code())) {
            return new Refused(problem.code(), problem.chargeId());
        }
        return new Unknown(reply.inWords(json));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(properties.url().resolve(path))
                .timeout(properties.callTimeout())
                .header("Accept", "application/json, application/problem+json")
                .header("Authorization", "Bearer " + tokens.tokenFor(AUDIENCE));
    }

    private Reply exchange(HttpRequest.Builder request) {
        if (!breaker.tryAcquirePermission()) {
            return Reply.none("the circuit breaker is open");
        }
        long start = breaker.getCurrentTimestamp();
        try {
            HttpResponse<byte[]> response = send(request.build());
            long took = breaker.getCurrentTimestamp() - start;
            if (response.statusCode() >= 500 || response.statusCode() == 429) {
                breaker.onError(took, breaker.getTimestampUnit(), new IOException("status " + response.statusCode()));
            } else {
                breaker.onSuccess(took, breaker.getTimestampUnit());
            }
            return new Reply(response.statusCode(), response.body(), "");
        } catch (IOException e) {
            breaker.onError(breaker.getCurrentTimestamp() - start, breaker.getTimestampUnit(), e);
            return Reply.none("no answer: " + e);
        } catch (InterruptedException e) {
            // Not the gateway's fault, so it does not count.
            breaker.releasePermission();
            Thread.currentThread().interrupt();
            return Reply.none("interrupted");
        }
    }

    /** The client's own timeout ends at the head of an answer; a body that drips in is bounded here. */
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, head -> new BoundedBody(MAX_BYTES));
        try {
            return answer.get(properties.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("not within " + properties.callTimeout().toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(String.valueOf(e.getCause()), e);
        } finally {
            answer.cancel(true);
        }
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** @param status 0 if there was no answer; then {@code silence} says why */
    private record Reply(int status, byte[] body, String silence) {

        static Reply none(String why) {
            return new Reply(0, new byte[0], why);
        }

        boolean is(int expected) {
            return status == expected;
        }

        <T> Optional<T> read(JsonMapper json, Class<T> type) {
            try {
                return Optional.ofNullable(json.readValue(body, type));
            } catch (JacksonException e) {
                // Foreign input: what cannot be read was not said.
                return Optional.empty();
            }
        }

        Problem problem(JsonMapper json) {
            return read(json, Problem.class).orElse(Problem.NONE);
        }

        String inWords(JsonMapper json) {
            if (status == 0) {
                return silence;
            }
            String code = problem(json).code();
            return "answered " + status + (code == null ? "" : " " + code);
        }
    }

    private record Authorize(String reference, Money amount, String token) {

        /** Without the token. */
        @Override
        public String toString() {
            return "authorize " + amount + " for " + reference;
        }
    }

    private record Charge(
            @Nullable String id,
            @Nullable String reference,
            @Nullable String status,
            @Nullable String declineCode,
            @Nullable Amount amount) {

        private @Nullable Money money() {
            return amount == null || amount.currency() == null || amount.minor() <= 0
                    ? null
                    : new Money(amount.minor(), amount.currency());
        }

        Optional<GatewayCharge> toCharge() {
            if (id == null || status == null) {
                return Optional.empty();
            }
            for (GatewayCharge.State state : GatewayCharge.State.values()) {
                if (state.name().equals(status)) {
                    return Optional.of(new GatewayCharge(id, reference, state, declineCode, money()));
                }
            }
            return Optional.empty();
        }
    }

    private record Amount(long minor, @Nullable String currency) {}

    private record Charges(@Nullable List<@Nullable Charge> charges) {}

    private record Problem(@Nullable String code, @Nullable String chargeId) {

        static final Problem NONE = new Problem(null, null);
    }
}
