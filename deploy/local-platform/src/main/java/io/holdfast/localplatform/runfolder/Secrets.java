package io.holdfast.localplatform.runfolder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The passwords and keys of one run folder: made at random on the first start, kept in a file that only its owner can read.
 * The file is {@code NAME=value} lines of letters and digits, so that a shell can source it.
 */
public final class Secrets {

    /** What is kept. The names are those in the file. */
    public enum Name {
        MARIADB_ROOT_PASSWORD,
        SEATA_DB_PASSWORD,
        ORDER_SVC_DB_PASSWORD,
        STOCK_SVC_DB_PASSWORD,
        PAYMENT_SVC_DB_PASSWORD,
        GATEWAY_SANDBOX_DB_PASSWORD,
        /** Signs Nacos' access tokens; Nacos wants it as base64 of at least 32 bytes. */
        NACOS_TOKEN_SECRET,
        NACOS_IDENTITY_KEY,
        NACOS_IDENTITY_VALUE,
        /** Of the launcher, and of the person who looks after Nacos. No service has it. */
        NACOS_ADMIN_PASSWORD,
        ORDER_SVC_NACOS_PASSWORD,
        STOCK_SVC_NACOS_PASSWORD,
        PAYMENT_SVC_NACOS_PASSWORD,
        SEATA_SERVER_NACOS_PASSWORD,
        SEATA_CONSOLE_PASSWORD,
        /** Of the broker itself, and of whoever looks after it. */
        KAFKA_PASSWORD,
        ORDER_SVC_KAFKA_PASSWORD,
        STOCK_SVC_KAFKA_PASSWORD,
        PAYMENT_SVC_KAFKA_PASSWORD,
        REDIS_PASSWORD,
        /** Signs the Seata console's tokens. */
        SEATA_CONSOLE_SECRET
    }

    private static final String ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private final Map<Name, String> values;

    private Secrets(Map<Name, String> values) {
        this.values = values;
    }

    /** Reads the file; makes what is missing, and the file itself. */
    public static Secrets in(Path file) {
        return in(file, new SecureRandom());
    }

    public static Secrets in(Path file, SecureRandom random) {
        try {
            Map<Name, String> values = Files.exists(file) ? read(file) : new EnumMap<>(Name.class);
            boolean complete = values.size() == Name.values().length;
            for (Name name : Name.values()) {
                values.computeIfAbsent(name, absent -> make(absent, random));
            }
            if (!complete) {
                RunFolder.writePrivately(file, text(values));
            }
            return new Secrets(values);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the secrets in " + file, e);
        }
    }

    public String get(Name name) {
        return values.get(name);
    }

    /** @param schema one of the databases, say {@code order_svc}: the user of the same name is meant */
    public String databasePassword(String schema) {
        return get(Name.valueOf(schema.toUpperCase(Locale.ROOT) + "_DB_PASSWORD"));
    }

    /** @param service one of those that send or take messages: the Kafka user of the same name is meant */
    public String kafkaPassword(String service) {
        return get(Name.valueOf(service.toUpperCase(Locale.ROOT).replace('-', '_') + "_KAFKA_PASSWORD"));
    }

    /** @param user of Nacos: a service, or the coordinator by the name that it registers */
    public String nacosPassword(String user) {
        return get(Name.valueOf(user.toUpperCase(Locale.ROOT).replace('-', '_') + "_NACOS_PASSWORD"));
    }

    private static Map<Name, String> read(Path file) throws IOException {
        Map<Name, String> values = new EnumMap<>(Name.class);
        for (String line : Files.readAllLines(file)) {
            int equals = line.indexOf('=');
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Name name = equals < 1 ? null : nameOf(line.substring(0, equals));
            if (name == null || !line.substring(equals + 1).matches("[A-Za-z0-9]+")) {
                throw new IOException(
                        "not a line of NAME=letters-and-digits: " + line.substring(0, Math.max(0, equals)));
            }
            values.put(name, line.substring(equals + 1));
        }
        return values;
    }

    private static Name nameOf(String text) {
        for (Name name : Name.values()) {
            if (name.name().equals(text)) {
                return name;
            }
        }
        return null;
    }

    private static String make(Name name, SecureRandom random) {
        return switch (name) {
            // 48 bytes are a multiple of three: base64 without a '=', and of letters and digits, still safe in a shell.
            case NACOS_TOKEN_SECRET ->
                Base64.getEncoder().encodeToString(letters(48, random).getBytes(StandardCharsets.US_ASCII));
            case SEATA_CONSOLE_SECRET -> letters(64, random);
            default -> letters(24, random);
        };
    }

    private static String letters(int length, SecureRandom random) {
        return random.ints(length, 0, ALPHABET.length())
                .mapToObj(i -> String.valueOf(ALPHABET.charAt(i)))
                .collect(Collectors.joining());
    }

    private static String text(Map<Name, String> values) {
        String lines = values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining());
        return "# Made by deploy/up on its first start; deploy/down --erase deletes it together with the data it opens.\n"
                + lines;
    }
}
