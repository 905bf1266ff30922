package io.holdfast.edge.access;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Public keys of an issuer. A rotated key is found without a restart. */
final class Keys {

    private static final long KEPT_MILLIS = Duration.ofMinutes(5).toMillis();
    private static final long READ_TIMEOUT_MILLIS = Duration.ofSeconds(5).toMillis();
    /** A flood of tokens with invented key ids must not become a flood of requests to the issuer. */
    private static final long LEAST_MILLIS_BETWEEN_READS = 1_000;

    private Keys() {}

    /** The keys of an issuer that tells where they are (OpenID Connect Discovery 1.0, section 4). It is asked at the first token. */
    static JWKSource<SecurityContext> of(String issuer) {
        return new Discovery(issuer);
    }

    static JWKSource<SecurityContext> at(URI location) {
        if ("file".equals(location.getScheme())) {
            return new KeyFile(Path.of(location));
        }
        JWKSource<SecurityContext> issuer = JWKSourceBuilder.<SecurityContext>create(url(location))
                .cache(KEPT_MILLIS, READ_TIMEOUT_MILLIS)
                .rateLimited(LEAST_MILLIS_BETWEEN_READS)
                .build();
        return (selector, context) -> {
            try {
                return issuer.get(selector, context);
            } catch (RateLimitReachedException e) {
                // The keys were read a moment ago, and this one was not among them.
                return List.of();
            }
        };
    }

    /** @throws IllegalStateException if there is no RSA private key */
    static RSAKey privateKeyIn(URI location) {
        try {
            RSAKey key = RSAKey.parse(Files.readString(Path.of(location)));
            if (!key.isPrivate()) {
                throw new IllegalStateException("holdfast.access.identity.key holds no private key: " + location);
            }
            return key;
        } catch (IOException | ParseException e) {
            // A parser's message may quote what it read.
            throw new IllegalStateException("holdfast.access.identity.key is no readable RSA key (JWK): " + location);
        }
    }

    private static URL url(URI location) {
        try {
            return location.toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("Not an address of a JWK set: " + location, e);
        }
    }

    private static final class Discovery implements JWKSource<SecurityContext> {

        private static final int MOST_BYTES = 256 * 1024;

        private final String issuer;
        private final ResourceRetriever retriever =
                new DefaultResourceRetriever((int) READ_TIMEOUT_MILLIS, (int) READ_TIMEOUT_MILLIS, MOST_BYTES);
        private volatile @Nullable JWKSource<SecurityContext> found;

        Discovery(String issuer) {
            this.issuer = issuer;
        }

        @Override
        public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
            JWKSource<SecurityContext> keys = found;
            return (keys == null ? discover() : keys).get(selector, context);
        }

        private synchronized JWKSource<SecurityContext> discover() throws KeySourceException {
            if (found == null) {
                URI document = URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration");
                try {
                    Map<String, Object> provider = JSONObjectUtils.parse(
                            retriever.retrieveResource(url(document)).getContent());
                    if (!issuer.equals(provider.get("issuer"))) {
                        throw new RemoteKeySourceException(document + " speaks for another issuer", null);
                    }
                    found = at(JSONObjectUtils.getURI(provider, "jwks_uri"));
                } catch (IOException | ParseException e) {
                    throw new RemoteKeySourceException("The issuer does not tell where its keys are: " + document, e);
                }
            }
            return Objects.requireNonNull(found);
        }
    }

    /** A JWK set in a file, read again when the file has changed. */
    private static final class KeyFile implements JWKSource<SecurityContext> {

        private final Path path;
        private volatile Read last = new Read(FileTime.fromMillis(Long.MIN_VALUE), new JWKSet());

        KeyFile(Path path) {
            this.path = path;
        }

        @Override
        public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
            try {
                FileTime changed = Files.getLastModifiedTime(path);
                if (!changed.equals(last.changed)) {
                    last = new Read(changed, JWKSet.load(path.toFile()));
                }
                return selector.select(last.keys);
            } catch (IOException | ParseException e) {
                throw new RemoteKeySourceException("The JWK set cannot be read: " + path, e);
            }
        }

        private record Read(FileTime changed, JWKSet keys) {}
    }
}
