package io.holdfast.edge.token;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
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
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Public keys of an issuer. A rotated key is found without a restart. */
final class JwkSources {

    private static final int READ_TIMEOUT_MILLIS = 2_000;
    private static final int MAX_BYTES = 256 * 1024;

    private static final ResourceRetriever RETRIEVER =
            new DefaultResourceRetriever(READ_TIMEOUT_MILLIS, READ_TIMEOUT_MILLIS, MAX_BYTES);

    private JwkSources() {}

    /** The keys of an issuer that publishes where they are (OpenID Connect Discovery 1.0, section 4). It is asked at the first token. */
    static JWKSource<SecurityContext> of(String issuer) {
        return new RemoteJwkSource(new Discovery(issuer), Clock.systemUTC());
    }

    static JWKSource<SecurityContext> at(URI location) {
        if ("file".equals(location.getScheme())) {
            return new KeyFile(Path.of(location));
        }
        URL url = url(location);
        return new RemoteJwkSource(() -> keysAt(url), Clock.systemUTC());
    }

    private static JWKSet keysAt(URL url) throws KeySourceException {
        try {
            return JWKSet.parse(RETRIEVER.retrieveResource(url).getContent());
        } catch (IOException | ParseException e) {
            throw new RemoteKeySourceException("The issuer's keys cannot be read: " + url, e);
        }
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

    /** Read by one thread at a time. */
    private static final class Discovery implements RemoteJwkSource.Issuer {

        private final String issuer;
        private volatile @Nullable URL found;

        Discovery(String issuer) {
            this.issuer = issuer;
        }

        @Override
        public JWKSet read() throws KeySourceException {
            URL keys = found;
            if (keys == null) {
                keys = discover();
                found = keys;
            }
            return keysAt(keys);
        }

        private URL discover() throws KeySourceException {
            URI document = URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration");
            try {
                Map<String, Object> provider = JSONObjectUtils.parse(
                        RETRIEVER.retrieveResource(url(document)).getContent());
                if (!issuer.equals(provider.get("issuer"))) {
                    throw new RemoteKeySourceException(document + " is of another issuer", null);
                }
                URI keys = JSONObjectUtils.getURI(provider, "jwks_uri");
                if (keys == null) {
                    throw new RemoteKeySourceException(document + " has no jwks_uri", null);
                }
                return url(keys);
            } catch (IOException | ParseException e) {
                throw new RemoteKeySourceException("The metadata of the issuer cannot be read: " + document, e);
            }
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
