package io.holdfast.localplatform.runfolder;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The local platform's stand-in for an OIDC issuer: a key pair of its own for people's tokens, and one for each service that calls
 * others. Private keys never leave the run folder; the services get the public ones.
 */
public final class Tokens {

    /** The claim {@code iss} of people's tokens. */
    public static final String ISSUER = "https://issuer.holdfast.local";

    /** What the claim {@code aud} of people's tokens says besides the services that they are for; those of one release before look for it. */
    public static final String AUDIENCE = "holdfast";

    /** The services that people's tokens are for, if nobody says otherwise. */
    public static final List<String> SERVICES = List.of("order-svc", "stock-svc", "payment-svc", "gateway-sandbox");

    /** The services that call others. */
    public static final List<String> CALLERS = List.of("order-svc", "payment-svc");

    private static final String PEOPLE = "people";
    private static final String PUBLIC = ".jwks";
    private static final String PRIVATE = ".jwk";
    private static final int KEY_BITS = 2048;

    private final Path folder;

    private Tokens(Path folder) {
        this.folder = folder;
    }

    /** Makes the key pairs that are missing. */
    public static Tokens in(Path folder, List<String> callingServices) {
        Tokens tokens = new Tokens(folder);
        try {
            Files.createDirectories(folder);
            if (!Files.exists(tokens.privateKey(PEOPLE))) {
                tokens.makeKey(PEOPLE, false);
            }
            for (String service : callingServices) {
                if (!Files.exists(tokens.privateKey(service))) {
                    tokens.makeKey(service, false);
                }
            }
            return tokens;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the keys in " + folder, e);
        }
    }

    /** A buyer's token; the subject is the buyer id. */
    public String buyer(String buyerId, Duration lifetime) {
        return person(buyerId, "buyer", lifetime);
    }

    /** An operator's token. */
    public String operator(String name, Duration lifetime) {
        return person(name, "operator", lifetime);
    }

    /** A token that reads metrics and the like, and nothing else. */
    public String monitor(String name, Duration lifetime) {
        return person(name, "monitor", lifetime);
    }

    /**
     * A person's token for one service, which no other takes.
     *
     * @param role {@code buyer}, {@code operator} or {@code monitor}
     */
    public String forService(String service, String subject, String role, Duration lifetime) {
        return token(subject, role, List.of(service), lifetime);
    }

    /** The token with which a service that calls others proves itself to one of them. */
    public String service(String caller, String callee, Duration lifetime) {
        return sign(
                caller,
                new JWTClaimsSet.Builder().issuer(caller).subject(caller).audience(callee),
                lifetime);
    }

    /**
     * New keys for everybody; running services notice. People's older tokens are no longer taken, so that a token that got about
     * is worth nothing. A service's old public key is kept beside the new one until the next rotation: its last tokens, which it
     * makes itself and which live for a minute, are on their way.
     */
    public void rotate() {
        try (Stream<Path> keys = Files.list(folder)) {
            List<String> owners = keys.map(key -> key.getFileName().toString())
                    .filter(name -> name.endsWith(PRIVATE))
                    .map(name -> name.substring(0, name.length() - PRIVATE.length()))
                    .toList();
            for (String owner : owners) {
                makeKey(owner, !owner.equals(PEOPLE));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot rotate the keys in " + folder, e);
        }
    }

    public Path publicKeys() {
        return publicKeys(PEOPLE);
    }

    public Path publicKeys(String service) {
        return folder.resolve(service + PUBLIC);
    }

    public Path privateKey(String owner) {
        return folder.resolve(owner + PRIVATE);
    }

    /** @param role {@code buyer}, {@code operator} or {@code monitor} */
    public String person(String subject, String role, Duration lifetime) {
        List<String> audience = new ArrayList<>(SERVICES);
        audience.add(AUDIENCE);
        return token(subject, role, audience, lifetime);
    }

    private String token(String subject, String role, List<String> audience, Duration lifetime) {
        return sign(
                PEOPLE,
                new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .audience(audience)
                        .subject(subject)
                        .claim("roles", List.of(role)),
                lifetime);
    }

    private String sign(String owner, JWTClaimsSet.Builder claims, Duration lifetime) {
        Instant now = Instant.now();
        claims.issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(lifetime)))
                .jwtID(UUID.randomUUID().toString());
        try {
            RSAKey key = RSAKey.parse(Files.readString(privateKey(owner)));
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims.build());
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParseException | JOSEException e) {
            throw new IllegalStateException(privateKey(owner) + " holds no key that can sign", e);
        }
    }

    private void makeKey(String owner, boolean keepOld) throws IOException {
        try {
            List<JWK> known = new ArrayList<>();
            RSAKey key = new RSAKeyGenerator(KEY_BITS)
                    .keyID(UUID.randomUUID().toString())
                    .generate();
            known.add(key.toPublicJWK());
            if (keepOld) {
                known.add(RSAKey.parse(Files.readString(privateKey(owner))).toPublicJWK());
            }
            // The public one first: nobody shall sign with a key that is not yet known.
            RunFolder.writePrivately(publicKeys(owner), new JWKSet(known).toString());
            RunFolder.writePrivately(privateKey(owner), key.toJSONString());
        } catch (JOSEException | ParseException e) {
            throw new IllegalStateException("no new key for " + owner, e);
        }
    }
}
