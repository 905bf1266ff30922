package io.holdfast.systemtest.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.localplatform.part.MariaDb;
import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts that others have made: none with a password that anybody knows, none for the network. */
@OnThePlatform
@Order(13)
class PartsIT {

    private final Platform platform;
    private final Stack stack;

    PartsIT(Platform platform, Stack stack) {
        this.platform = platform;
        this.stack = stack;
    }

    @ParameterizedTest
    @ValueSource(strings = {"order_svc", "stock_svc", "payment_svc", "gateway_sandbox"})
    void theDatabaseUserOfAServiceReachesItsOwnSchemaAlone(String schema) throws SQLException {
        MariaDb.Access own = stack.database().access(schema);
        try (Connection connection = own.connect();
                Statement statement = connection.createStatement()) {
            statement.executeQuery("select count(*) from flyway_schema_history");
            for (String other : MariaDb.SCHEMAS) {
                if (!other.equals(schema)) {
                    String table = other.equals("seata") ? "global_table" : "flyway_schema_history";
                    assertThatThrownBy(() -> statement.executeQuery("select count(*) from " + other + "." + table))
                            .as("%s reads %s", schema, other)
                            .hasMessageContaining("denied");
                }
            }
            for (String forbidden : List.of(
                    "create database more",
                    "create user more",
                    "grant all on *.* to current_user",
                    "select user from mysql.user",
                    "select load_file('/etc/passwd') from mysql.db",
                    "set global max_connections = 1")) {
                assertThatThrownBy(() -> statement.execute(forbidden))
                        .as(forbidden)
                        .hasMessageContaining("denied");
            }
        }
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(strings = {"", "root", "password", "mariadb", "123456", "order_svc"})
    void theDatabaseTakesNoPasswordThatAnybodyCouldGuess(String password) {
        String url = stack.database().access("order_svc").jdbcUrl();
        for (String user : List.of("root", "order_svc", "seata", "")) {
            assertThatThrownBy(() ->
                            DriverManager.getConnection(url, user, password).close())
                    .as(user)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("denied");
        }
    }

    @Test
    void redisAnswersNobodyWithoutItsPassword() throws IOException {
        assertThat(stack.redis().answers("PING", "CONFIG GET requirepass", "FLUSHALL", "SHUTDOWN NOSAVE"))
                .hasSize(4)
                .allMatch(answer -> answer.startsWith("-NOAUTH"));
        for (String guess : List.of("\"\"", "redis", "password", "123456", "foobared", "default")) {
            assertThat(stack.redis().answers("AUTH " + guess, "PING"))
                    .as(guess)
                    .satisfiesExactly(login -> assertThat(login).startsWith("-WRONGPASS"), ping -> assertThat(ping)
                            .startsWith("-NOAUTH"));
        }
        assertThat(stack.redis().answers("AUTH " + stack.redis().password(), "PING"))
                .containsExactly("+OK", "+PONG");
    }

    @Test
    void nacosAnswersNobodyWithoutAToken() {
        String nacos = stack.nacos().url().replaceFirst("/nacos/?$", "");
        for (String path : List.of(
                "/nacos/v3/client/cs/config?dataId=order-svc.yaml&groupName=DEFAULT_GROUP",
                "/nacos/v3/admin/cs/config?dataId=order-svc.yaml&groupName=DEFAULT_GROUP",
                "/nacos/v3/client/ns/instance/list?serviceName=order-svc")) {
            Answer answer = platform.getWith(nacos + path, Map.of("Authorization", ""));
            assertThat(answer.status()).as("%s: %s", path, answer).isIn(401, 403, 404);
            assertThat(answer.text()).doesNotContain("max-quantity-per-order", "26081");
        }
        Answer console = platform.getWith(
                stack.nacos().consoleUrl() + "/v3/console/cs/config?dataId=order-svc.yaml&groupName=DEFAULT_GROUP",
                Map.of("Authorization", ""));
        assertThat(console.status()).as("%s", console).isIn(401, 403);
        for (String password : List.of("nacos", "", "admin")) {
            Answer login = platform.postForm(
                    nacos + "/nacos/v3/auth/user/login",
                    Map.of("Authorization", ""),
                    "username=nacos&password=" + password);
            assertThat(login.status()).as("nacos/%s", password).isNotEqualTo(200);
        }
    }

    @Test
    void theSeataConsoleTakesNoDefaultPassword() {
        String console = stack.coordinator().consoleUrl();
        Answer login = platform.postText(
                console + "/api/v1/auth/login",
                Map.of("Authorization", ""),
                "{\"username\":\"seata\",\"password\":\"seata\"}");
        assertThat(login.text()).doesNotContain("Bearer");
        Answer listing = platform.getWith(
                console + "/api/v1/console/globalSession/query?pageNum=1&pageSize=1", Map.of("Authorization", ""));
        assertThat(listing.status()).as("%s", listing).isIn(401, 403);
        Answer right = platform.postText(
                console + "/api/v1/auth/login",
                Map.of("Authorization", ""),
                Platform.text(Map.of(
                        "username", stack.coordinator().consoleUser(),
                        "password", stack.coordinator().consolePassword())));
        assertThat(right.text()).contains("Bearer");
    }

    @Test
    void secretsAndKeysCanBeReadByTheirOwnerOnlyAndAreIgnoredByGit() throws IOException {
        Path secrets = stack.runFolder().resolve("secrets");
        assertThat(rights(secrets)).isEqualTo("rw-------");
        assertThat(rights(stack.runFolder().resolve("data/redis/redis.conf"))).isEqualTo("rw-------");
        try (Stream<Path> keys = Files.list(stack.runFolder().resolve("keys"))) {
            assertThat(keys.toList()).hasSizeGreaterThanOrEqualTo(4).allSatisfy(key -> assertThat(rights(key))
                    .isEqualTo("rw-------"));
        }
        Path checkout = Path.of("").toAbsolutePath().resolve("../..");
        assertThat(Files.readAllLines(checkout.resolve(".gitignore"))).contains("deploy/.run/");
    }

    private static String rights(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What the kernel says, not what a configuration says. */
    @Test
    void noPartListensOnAnythingButLoopback() throws IOException {
        Map<String, String> sockets = new HashMap<>(listening("/proc/net/tcp"));
        sockets.putAll(listening("/proc/net/tcp6"));
        for (Part part : stack.parts()) {
            Set<String> addresses = inodes(part.pid().orElseThrow()).stream()
                    .filter(sockets::containsKey)
                    .map(sockets::get)
                    .collect(Collectors.toSet());
            assertThat(addresses)
                    .as("where %s listens", part.name())
                    .isNotEmpty()
                    .allMatch(PartsIT::isLoopback);
        }
    }

    /** Addresses in the kernel's notation: bytes of each 32-bit word in reverse. */
    private static boolean isLoopback(String address) {
        return address.matches("[0-9A-F]{6}7F")
                || address.matches("0000000000000000FFFF0000[0-9A-F]{6}7F")
                || address.equals("00000000000000000000000001000000");
    }

    /** Local addresses of the sockets in state LISTEN (0A), by inode. */
    private static Map<String, String> listening(String table) throws IOException {
        return Files.readAllLines(Path.of(table)).stream()
                .map(line -> line.trim().split("\\s+"))
                .filter(columns -> columns[3].equals("0A"))
                .collect(Collectors.toMap(
                        columns -> columns[9], columns -> columns[1].split(":")[0], (first, second) -> first));
    }

    private static Set<String> inodes(long pid) throws IOException {
        Pattern socket = Pattern.compile("socket:\\[(\\d+)]");
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.map(PartsIT::target)
                    .map(socket::matcher)
                    .filter(Matcher::matches)
                    .map(matcher -> matcher.group(1))
                    .collect(Collectors.toSet());
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
