package io.holdfast.systemtest.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.holdfast.localplatform.runfolder.Tokens;
import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Makes the tokens of somebody who would like to be let in: each right but for one thing. The ones that have the right signature are
 * signed with the platform's own keys, or the signature would be what they are refused for.
 */
final class Forger {

    private final Path keys;
    private final RSAKey stranger;

    Forger(Stack stack) {
        this.keys = stack.runFolder().resolve("keys");
        try {
            this.stranger = new RSAKeyGenerator(2048).keyID("stranger").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** By what is wrong with them; each claims to be an operator's. */
    Map<String, String> ofAnOperator() {
        Map<String, String> tokens = forged(genuine("people"), claims -> claims.issuer(Tokens.ISSUER)
                .audience(Tokens.AUDIENCE)
                .subject("olga")
                .claim("roles", List.of("operator")));
        tokens.put("tampered: a buyer's made an operator's", tampered(genuine("people")));
        return tokens;
    }

    /** By what is wrong with them; each claims to be the caller's, for the given callee. */
    Map<String, String> ofService(String caller, String callee) {
        return forged(
                genuine(caller),
                claims -> claims.issuer(caller).audience(callee).subject(caller));
    }

    private Map<String, String> forged(RSAKey key, UnaryOperator<JWTClaimsSet.Builder> right) {
        Map<String, String> tokens = new LinkedHashMap<>();
        tokens.put("nonsense", "nonsense");
        tokens.put(
                "of a stranger's key",
                signed(stranger, "stranger", claims(right).build()));
        tokens.put(
                "of a stranger's key under the right key's id",
                signed(stranger, key.getKeyID(), claims(right).build()));
        tokens.put("without a signature", new PlainJWT(claims(right).build()).serialize());
        tokens.put(
                "signed with the public key as a secret",
                signedWithPublicKey(key, claims(right).build()));
        Date past = Date.from(Instant.now().minusSeconds(30));
        tokens.put("expired", signed(key, claims(right).expirationTime(past)));
        tokens.put("without an end", signed(key, claims(right).expirationTime(null)));
        tokens.put(
                "not valid yet",
                signed(key, claims(right).notBeforeTime(Date.from(Instant.now().plusSeconds(600)))));
        tokens.put("for another audience", signed(key, claims(right).audience("another-platform")));
        tokens.put("for nobody", signed(key, claims(right).audience((String) null)));
        tokens.put("of another issuer", signed(key, claims(right).issuer("https://elsewhere.example")));
        tokens.put("about nobody", signed(key, claims(right).subject(null)));
        return tokens;
    }

    private static JWTClaimsSet.Builder claims(UnaryOperator<JWTClaimsSet.Builder> right) {
        Instant now = Instant.now();
        return right.apply(new JWTClaimsSet.Builder()
                .issueTime(Date.from(now.minusSeconds(60)))
                .expirationTime(Date.from(now.plusSeconds(60))));
    }

    private static String tampered(RSAKey key) {
        JWTClaimsSet.Builder buyer = claims(claims -> claims.issuer(Tokens.ISSUER)
                .audience(Tokens.AUDIENCE)
                .subject("alice")
                .claim("roles", List.of("buyer")));
        String[] parts = signed(key, buyer).split("\\.");
        String operator = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("\"buyer\"", "\"operator\"");
        return parts[0] + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(operator.getBytes(StandardCharsets.UTF_8))
                + "." + parts[2];
    }

    private static String signed(RSAKey key, JWTClaimsSet.Builder claims) {
        return signed(key, key.getKeyID(), claims.build());
    }

    private static String signed(RSAKey key, String keyId, JWTClaimsSet claims) {
        try {
            return signed(JWSAlgorithm.RS256, new RSASSASigner(key), keyId, claims);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String signedWithPublicKey(RSAKey key, JWTClaimsSet claims) {
        try {
            JWSSigner signer = new MACSigner(key.toRSAPublicKey().getEncoded());
            return signed(JWSAlgorithm.HS256, signer, key.getKeyID(), claims);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String signed(JWSAlgorithm algorithm, JWSSigner signer, String keyId, JWTClaimsSet claims)
            throws JOSEException {
        SignedJWT token =
                new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims);
        token.sign(signer);
        return token.serialize();
    }

    private RSAKey genuine(String owner) {
        try {
            return RSAKey.parse(Files.readString(keys.resolve(owner + ".jwk")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
