package io.holdfast.edge.testtokens;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Asks each endpoint of a service that changes something with every media type that any converter on its class path knows, in and out; and
 * the management endpoints that are named.
 */
public final class EveryMediaType {

    private static final Set<RequestMethod> SAFE = Set.of(RequestMethod.GET, RequestMethod.HEAD, RequestMethod.OPTIONS);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ApplicationContext service;
    private final TestTokens tokens;
    private final Set<String> types = new TreeSet<>(Set.of(
            "application/yaml",
            "application/xml",
            "text/html",
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/octet-stream",
            "application/problem+json"));
    private final List<String> faults = new ArrayList<>();
    private int asked;

    public EveryMediaType(ApplicationContext service, TestTokens tokens) {
        this.service = service;
        this.tokens = tokens;
        for (var converter :
                HttpMessageConverters.forServer().registerDefaults().build()) {
            converter.getSupportedMediaTypes().stream()
                    .filter(type -> !type.isWildcardType())
                    .map(type -> type.getType() + "/" + type.getSubtype().replace("*", "x"))
                    .forEach(types::add);
        }
        types.remove("application/json");
    }

    /** What was not refused as it should be; nothing, if all is well. */
    public List<String> notRefused(String... managementPosts) throws IOException, InterruptedException {
        Environment environment = service.getEnvironment();
        String url = "http://127.0.0.1:" + environment.getRequiredProperty("local.server.port");
        for (RequestMappingInfo mapping : service.getBean(
                        "requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()) {
            for (RequestMethod method : mapping.getMethodsCondition().getMethods()) {
                for (String pattern : SAFE.contains(method) ? Set.<String>of() : mapping.getPatternValues()) {
                    String path = pattern.replaceAll("\\{[^}]*}", "none-1");
                    ask(method.name(), url + path, tokens.authorizationFor(path));
                }
            }
        }
        for (String path : managementPosts) {
            ask(
                    "POST",
                    "http://127.0.0.1:" + environment.getRequiredProperty("local.management.port") + path,
                    tokens.authorizationFor(path));
        }
        return List.copyOf(faults);
    }

    /** How many requests that took, so that a test can be sure that there were some. */
    public int asked() {
        return asked;
    }

    private void ask(String method, String address, String authorization) throws IOException, InterruptedException {
        for (String type : types) {
            expect(415, method, address, authorization, type, "application/json");
            expect(406, method, address, authorization, "application/json", type);
        }
    }

    private void expect(int expected, String method, String address, String authorization, String type, String accept)
            throws IOException, InterruptedException {
        int status = status(method, address, authorization, type, accept);
        if (status == 403) {
            // Only buyers may: each in turn, or one would be told not to ask so fast.
            status = status(method, address, tokens.buyer("buyer-" + asked), type, accept);
        }
        asked++;
        if (status != expected) {
            faults.add("%s %s, Content-Type %s, Accept %s: %d".formatted(method, address, type, accept, status));
        }
    }

    private static int status(String method, String address, String authorization, String type, String accept)
            throws IOException, InterruptedException {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create(address))
                                .timeout(Duration.ofSeconds(10))
                                .header("Authorization", authorization)
                                .header("Content-Type", type)
                                .header("Accept", accept)
                                .header("Idempotency-Key", "media-types")
                                .header("X-Reason", "test")
                                .method(method, BodyPublishers.ofString("{}"))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }
}
