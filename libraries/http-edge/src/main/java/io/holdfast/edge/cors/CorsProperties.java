package io.holdfast.edge.cors;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.cors.CorsConfiguration;

/**
 * Which pages of other origins a browser lets call this service (CORS). None, unless they are named. Tokens are sent by the page itself,
 * so cookies and other credentials of the browser are never allowed.
 *
 * @param allowedOrigins each as {@code https://shop.example} or {@code http://localhost:3000}; or {@code *} alone, for any
 * @param allowedMethods what such a page may call
 * @param allowedHeaders what it may send
 * @param exposedHeaders what it may read of the answer, besides the few that every page may
 * @param maxAge how long a browser may remember that it was allowed
 */
@Validated
@ConfigurationProperties("holdfast.edge.cors")
record CorsProperties(
        @DefaultValue List<@NotBlank String> allowedOrigins,

        @DefaultValue({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
        List<@NotBlank String> allowedMethods,

        @DefaultValue({"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Reason", "traceparent"})
        List<@NotBlank String> allowedHeaders,

        @DefaultValue({"ETag", "Location", "Retry-After", "X-Trace-Id"})
        List<@NotBlank String> exposedHeaders,

        @DefaultValue("10m") @NotNull @DurationMin(seconds = 0) @DurationMax(hours = 24)
        Duration maxAge) {

    CorsProperties {
        for (String origin : allowedOrigins) {
            if (!origin.equals(CorsConfiguration.ALL) && !isOrigin(origin)) {
                throw new IllegalArgumentException("holdfast.edge.cors.allowed-origins: " + origin
                        + " is no origin; write scheme://host or scheme://host:port, without a path");
            }
        }
        if (allowedOrigins.contains(CorsConfiguration.ALL) && allowedOrigins.size() > 1) {
            throw new IllegalArgumentException("holdfast.edge.cors.allowed-origins: * allows all, and stands alone");
        }
        for (String header : allowedHeaders) {
            requireToken("allowed-headers", header);
        }
        for (String header : exposedHeaders) {
            requireToken("exposed-headers", header);
        }
        for (String method : allowedMethods) {
            if (!method.matches("[A-Z]+")) {
                throw new IllegalArgumentException(
                        "holdfast.edge.cors.allowed-methods: " + method + " is no method; write GET, POST, ...");
            }
        }
    }

    CorsConfiguration toConfiguration() {
        CorsConfiguration configuration = new CorsConfiguration();
        configuration.setAllowedOrigins(allowedOrigins);
        configuration.setAllowedMethods(allowedMethods);
        configuration.setAllowedHeaders(allowedHeaders);
        configuration.setExposedHeaders(exposedHeaders);
        configuration.setMaxAge(maxAge);
        configuration.setAllowCredentials(false);
        return configuration;
    }

    private static boolean isOrigin(String text) {
        try {
            URI origin = new URI(text);
            return ("http".equals(origin.getScheme()) || "https".equals(origin.getScheme()))
                    && origin.getHost() != null
                    && text.equals(origin.getScheme() + "://" + origin.getHost()
                            + (origin.getPort() < 0 ? "" : ":" + origin.getPort()));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void requireToken(String setting, String header) {
        if (!header.matches("[A-Za-z0-9-]+")) {
            throw new IllegalArgumentException(
                    "holdfast.edge.cors." + setting + ": " + header + " is no name of a header");
        }
    }
}
