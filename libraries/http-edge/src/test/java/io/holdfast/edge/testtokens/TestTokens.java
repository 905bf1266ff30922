package io.holdfast.edge.testtokens;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.InterceptingClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;

/** Issuers of people's tokens and of a calling service's, for the tests of one service, and the settings that make it trust them. */
public final class TestTokens {

    private static final String PEOPLE = "https://people.example";
    private static final String AUDIENCE = "holdfast";

    /** Keys take a while to be found: one set is enough for all contexts of a JVM. */
    private static final Map<String, TestTokens> MADE = new ConcurrentHashMap<>();

    /** Well below what a token lives. */
    private static final Duration KEPT = Duration.ofSeconds(20);

    private final String caller;
    private final String servicePath;
    private final Issuer people;
    private final Issuer service;
    private final Path ownKey;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    private TestTokens(Path folder, String caller, String callee, String servicePath) throws IOException {
        this.caller = caller;
        this.servicePath = servicePath;
        people = new Issuer(PEOPLE, AUDIENCE, folder.resolve("people.jwks"));
        service = new Issuer(caller, callee, folder.resolve("service.jwks"));
        ownKey = folder.resolve("service.jwk");
        Files.writeString(ownKey, service.key().toJSONString());
    }

    /** @param service the one that is tested; order-svc calls it on internal paths */
    public static TestTokens forService(String service) {
        return forCalls("order-svc", service, "/internal/");
    }

    /** @param servicePath how the paths begin on which the caller calls */
    public static TestTokens forCalls(String caller, String callee, String servicePath) {
        return MADE.computeIfAbsent(
                caller + " " + callee + " " + servicePath, any -> make(caller, callee, servicePath));
    }

    private static TestTokens make(String caller, String callee, String servicePath) {
        try {
            // Where the build cleans up: there are private keys in it.
            Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
            return new TestTokens(Files.createTempDirectory(target, "tokens-"), caller, callee, servicePath);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a platform sets in a service's environment, as {@code NAME=value}. */
    public String[] environment() {
        return new String[] {
            "HOLDFAST_NACOS_PASSWORD=not-used",
            "HOLDFAST_TOKEN_ISSUER=" + PEOPLE,
            "HOLDFAST_TOKEN_AUDIENCE=" + AUDIENCE,
            "HOLDFAST_TOKEN_KEYS=" + people.publicKeys().toUri(),
            "HOLDFAST_" + caller.toUpperCase(Locale.ROOT).replace('-', '_') + "_KEYS="
                    + service.publicKeys().toUri(),
            "HOLDFAST_SERVICE_KEY=" + ownKey.toUri()
        };
    }

    public String buyer(String buyerId) {
        return kept("buyer " + buyerId, () -> people.token(buyerId, "buyer"));
    }

    /** Of whatever collects metrics. */
    public String monitor() {
        return kept("monitor", () -> people.token("prometheus", "monitor"));
    }

    /** What a call of the path needs: the calling service's token on its paths, an operator's on all others. */
    public String authorizationFor(String path) {
        return path.startsWith(servicePath)
                ? kept("service", () -> service.token(claims -> claims.subject(caller)))
                : kept("operator", () -> people.token("olga", "operator"));
    }

    /** As callers do, who do not get a new token for each call. */
    private String kept(String who, Supplier<String> sign) {
        long now = System.nanoTime();
        return kept.compute(
                        who,
                        (any, before) -> before != null && now - before.since() < KEPT.toNanos()
                                ? before
                                : new Kept("Bearer " + sign.get(), now))
                .authorization();
    }

    private record Kept(String authorization, long since) {}

    /** Requests that bring the token which their path needs and a reason, unless they bring one. */
    public ClientHttpRequestFactory requests() {
        return new InterceptingClientHttpRequestFactory(
                new JdkClientHttpRequestFactory(), List.of((request, body, execution) -> {
                    if (!request.getHeaders().containsHeader("Authorization")) {
                        request.getHeaders()
                                .set(
                                        "Authorization",
                                        authorizationFor(request.getURI().getPath()));
                    }
                    if (!request.getHeaders().containsHeader("X-Reason")) {
                        request.getHeaders().set("X-Reason", "a test");
                    }
                    return execution.execute(request, body);
                }));
    }
}
