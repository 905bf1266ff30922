package io.holdfast.systemtest.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.runfolder.Secrets;
import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * What stands in the logs after all the other tests: faults, attacks, a power cut. Answers are looked at one by one, where the
 * tests get them.
 */
@OnThePlatform
@Order(100)
class DiscretionIT {

    /** A JWT in its compact form: base64 of {" twice, with a dot between. */
    private static final Pattern TOKEN = Pattern.compile("eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}");

    /** Whoever has it can be charged: what the tests pay with by card. */
    private static final Pattern CARD = Pattern.compile("tok_(ok|declined|insufficient|expired)");

    private static final Pattern STACK_TRACE = Pattern.compile("^\\s+at [\\w.$/<>]+\\(.*\\)");

    private static final Pattern STATEMENT = Pattern.compile(
            "\\bselect\\b.+\\bfrom\\b.+\\bwhere\\b|\\binsert into\\b|\\bupdate\\b.+\\bset\\b.+\\bwhere\\b|\\bdelete from\\b",
            Pattern.CASE_INSENSITIVE);

    private final Stack stack;
    private final Platform platform;

    DiscretionIT(Platform platform) {
        this.platform = platform;
        this.stack = platform.stack();
    }

    @Test
    void noSecretNoTokenNoCardAndNoPrivateKeyStandsInAnyLogOfAnyPart() throws IOException {
        Map<String, String> secrets = Arrays.stream(Secrets.Name.values())
                .collect(Collectors.toMap(Enum::name, name -> stack.secrets().get(name)));
        try (Stream<Path> keys = Files.list(stack.runFolder().resolve("keys"))) {
            for (Path key :
                    keys.filter(file -> file.toString().endsWith(".jwk")).toList()) {
                // The private exponent, as the file has it.
                String json = Files.readString(key);
                secrets.put(key.getFileName().toString(), json.replaceFirst("(?s).*\"d\":\"([^\"]{60}).*", "$1"));
            }
        }
        assertThat(secrets.values()).allMatch(secret -> secret.length() >= 20);
        List<Path> logs = logs();
        assertThat(logs).hasSizeGreaterThanOrEqualTo(stack.parts().size());

        for (Path log : logs) {
            List<String> lines = linesOf(log);
            secrets.forEach((name, secret) -> assertThat(lines.stream().filter(line -> line.contains(secret)))
                    .as("%s in %s", name, log)
                    .isEmpty());
            assertThat(lines.stream().filter(line -> TOKEN.matcher(line).find()))
                    .as("tokens in %s", log)
                    .isEmpty();
            assertThat(lines.stream().filter(line -> CARD.matcher(line).find()))
                    .as("cards in %s", log)
                    .isEmpty();
        }
    }

    @Test
    void noStackTraceAndNoSqlStandsInTheLogOfAService() {
        platform.programs().forEach(service -> {
            List<String> lines = linesOf(service.log());
            assertThat(lines).as("lines of %s", service.name()).hasSizeGreaterThan(10);
            assertThat(lines.stream().filter(line -> STACK_TRACE.matcher(line).find()))
                    .as("stack traces of %s", service.name())
                    .isEmpty();
            assertThat(lines.stream().filter(line -> STATEMENT.matcher(line).find()))
                    .as("SQL of %s", service.name())
                    .isEmpty();
        });
    }

    /** Also what the clients of Nacos and Seata write on their own. */
    private List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.walk(stack.runFolder())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().contains(".log"))
                    .toList();
        }
    }

    private static List<String> linesOf(Path log) {
        try {
            // Whatever the bytes are: it is looked through, not read.
            return Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
