package io.holdfast.edge.testtokens;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Makes tokens as an issuer does, and as those do who would like to be one. */
public final class Issuer {

    private final String name;
    private final String audience;
    private final Path publicKeys;
    private RSAKey key;

    public Issuer(String name, String audience, Path publicKeys) {
        this.name = name;
        this.audience = audience;
        this.publicKeys = publicKeys;
        this.key = newKey();
        publish();
    }

    public Path publicKeys() {
        return publicKeys;
    }

    public RSAKey key() {
        return key;
    }

    /** A new key takes the place of the old one, without anybody being told. */
    public void rotate() {
        key = newKey();
        publish();
    }

    public String token(String subject, String role) {
        return token(claims -> claims.subject(subject).claim("roles", role));
    }

    public String token(UnaryOperator<JWTClaimsSet.Builder> with) {
        return sign(claims(with), key);
    }

    public String signedByStranger(UnaryOperator<JWTClaimsSet.Builder> with) {
        RSAKey stranger = newKey();
        return sign(
                claims(with), new RSAKey.Builder(stranger).keyID(key.getKeyID()).build());
    }

    /** As an issuer signs who has just rotated its key, or as anybody does who invents one. */
    public String signedUnderUnknownKeyId(UnaryOperator<JWTClaimsSet.Builder> with) {
        return sign(
                claims(with),
                new RSAKey.Builder(key).keyID(UUID.randomUUID().toString()).build());
    }

    public String unsigned(UnaryOperator<JWTClaimsSet.Builder> with) {
        return new PlainJWT(claims(with)).serialize();
    }

    /** The old trick: the public key, which everybody has, used as the secret of a symmetric algorithm. */
    public String signedWithPublicKeyAsSecret(UnaryOperator<JWTClaimsSet.Builder> with) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims(with));
            token.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> with) {
        Instant now = Instant.now();
        return with.apply(new JWTClaimsSet.Builder()
                        .issuer(name)
                        .audience(audience)
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plusSeconds(60))))
                .build();
    }

    private static String sign(JWTClaimsSet claims, RSAKey key) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void publish() {
        try {
            Files.writeString(publicKeys, new JWKSet(key.toPublicJWK()).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
