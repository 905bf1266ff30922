package io.holdfast.localplatform.part;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real Nacos, as the launcher leaves it: whoever has one service has that service alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public class NacosUsersTest {

    private static final Path FOLDER = Path.of("target", "nacos-users-test").toAbsolutePath();
    private static final String CONFIG = "/v3/client/cs/config";
    private static final String INSTANCE = "/v3/client/ns/instance";
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> tokens = new HashMap<>();
    private Stack stack;
    private Nacos nacos;

    @BeforeAll
    void start() throws Exception {
        RunFolder.deleteTree(FOLDER);
        stack = Stack.in(Path.of("../.."))
                .runFolder(FOLDER)
                .portOffset(freeOffset())
                .shortLived()
                .stopWithThisJvm()
                .open();
        nacos = stack.nacos();
        nacos.start();
    }

    @AfterAll
    void stop() throws Exception {
        stack.close();
        RunFolder.deleteTree(FOLDER);
    }

    @ParameterizedTest
    @CsvSource({
        "order-svc,    DEFAULT_GROUP, order-svc.yaml",
        "stock-svc,    DEFAULT_GROUP, stock-svc.yaml",
        "payment-svc,  DEFAULT_GROUP, payment-svc.yaml",
        "seata-server, SEATA_GROUP,   seataServer.properties"
    })
    void aServiceReadsItsOwnSettingsAndRegistersItsOwnNameAndNothingElse(String user, String group, String settings)
            throws Exception {
        assertThat(get(user, CONFIG, setting(settings, group)).status()).isEqualTo(200);
        assertThat(post(user, INSTANCE, instance(user, group)).status()).isEqualTo(200);

        for (NacosUser other : NacosUser.ALL) {
            // Where the others are, everybody may know.
            assertThat(get(user, INSTANCE + "/list", instance(other.name(), other.group()))
                            .status())
                    .isEqualTo(200);
            if (!other.name().equals(user)) {
                Map<String, String> itsSetting = settingOf(other);
                refused(get(user, CONFIG, itsSetting));
                refused(get(user, "/v3/admin/cs/config", itsSetting));
                refused(post(user, INSTANCE, instance(other.name(), other.group())));
                refused(post(user, INSTANCE, instance(other.group() + "@@" + other.name(), other.group())));
                refused(post(user, "/v3/admin/ns/instance", instance(other.name(), other.group())));
                refused(delete(user, INSTANCE, instance(other.name(), other.group())));
            }
            Map<String, String> forged = new HashMap<>(settingOf(other));
            forged.putAll(Map.of("type", "yaml", "content", "holdfast.access.users.keys: http://127.0.0.1:1/"));
            refused(post(user, "/v3/admin/cs/config", forged));
            refused(delete(user, "/v3/admin/cs/config", settingOf(other)));
        }
    }

    /** Nacos checks the dataId that a request names, and these answer with something else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v3/admin/cs/config/export?ids=1,2,3,4",
                "/v3/admin/cs/config/list?pageNo=1&pageSize=10&search=blur",
                "/v3/admin/cs/history/list?pageNo=1&pageSize=10",
                "/v3/admin/cs/history/configs?namespaceId=public",
                "/v1/cs/configs?export=true&ids=1,2,3,4",
                "/v2/cs/history/configs?namespaceId=public"
            })
    void theInterfaceForAdministratorsIsClosedToAServiceWhateverTheRequestNames(String path) throws Exception {
        String named = path + "&dataId=order-svc.yaml&groupName=DEFAULT_GROUP&group=DEFAULT_GROUP";

        Answer answer = send("order-svc", HttpRequest.newBuilder(URI.create(nacos.url() + named)));

        assertThat(answer.status()).as("%s", answer).isIn(403, 404, 410);
        assertThat(answer.body()).doesNotContain("hikari", "payment");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v3/console/cs/config?dataId=order-svc.yaml&groupName=DEFAULT_GROUP&namespaceId=",
                "/v3/console/cs/config/export2?ids=1,2,3,4&dataId=order-svc.yaml&groupName=DEFAULT_GROUP",
                "/v3/console/cs/config/list?pageNo=1&pageSize=10&search=blur&dataId=order-svc.yaml&groupName=DEFAULT_GROUP",
                "/v3/auth/user/list?pageNo=1&pageSize=10"
            })
    void theConsoleIsClosedToAService(String path) throws Exception {
        Answer answer = send("order-svc", HttpRequest.newBuilder(URI.create(nacos.consoleUrl() + path)));

        assertThat(answer.status()).as("%s", answer).isEqualTo(403);
    }

    @Test
    void aServiceNeitherMakesUsersNorGivesItselfRightsNorChangesAnothersPassword() throws Exception {
        refused(post("order-svc", "/v3/auth/user", Map.of("username", "more", "password", "more")));
        refused(post("order-svc", "/v3/auth/role", Map.of("username", "order-svc", "role", "payment-svc")));
        refused(post(
                "order-svc", "/v3/auth/permission", Map.of("role", "order-svc", "resource", "*:*:*", "action", "rw")));
        refused(send(
                "order-svc",
                HttpRequest.newBuilder(
                                URI.create(nacos.url() + "/v3/auth/user?username=payment-svc&newPassword=guessed"))
                        .PUT(HttpRequest.BodyPublishers.noBody())));
    }

    @Test
    void eachUserHasAPasswordOfItsOwnThatNoOtherServiceIsGiven() {
        List<String> passwords = new ArrayList<>(List.of(nacos.password()));
        for (HoldfastService service : List.of(stack.order(), stack.stock(), stack.payment())) {
            assertThat(service.environment())
                    .containsEntry("HOLDFAST_NACOS_USER", service.name())
                    .doesNotContainValue(nacos.password());
            passwords.add(service.environment().get("HOLDFAST_NACOS_PASSWORD"));
        }
        assertThat(stack.coordinator().environment()).doesNotContainValue(nacos.password());
        passwords.add(stack.coordinator().environment().get("SEATA_CONFIG_NACOS_PASSWORD"));
        assertThat(passwords).doesNotHaveDuplicates().doesNotContainNull();
    }

    @Test
    void rightsThatAreTooManyOrMissingAreMendedByTheNextStartAtOnce() throws Exception {
        NacosApi api = nacos.api();
        NacosUser stock = NacosUser.ALL.get(1);
        NacosUser.Right tooMuch = new NacosUser.Right("public:*:config/*", "rw");
        NacosUser.Right own = new NacosUser.Right("public:DEFAULT_GROUP:config/stock-svc.yaml", "r");
        api.grant("stock-svc", tooMuch);
        api.revoke("stock-svc", own);
        assertThat(get("stock-svc", CONFIG, setting("payment-svc.yaml", "DEFAULT_GROUP"))
                        .status())
                .isEqualTo(200);

        new NacosUsers(api).ensure(NacosUser.ALL, stack.secrets());

        assertThat(api.rights("stock-svc")).isEqualTo(stock.rights());
        refused(get("stock-svc", CONFIG, setting("payment-svc.yaml", "DEFAULT_GROUP")));
        assertThat(get("stock-svc", CONFIG, setting("stock-svc.yaml", "DEFAULT_GROUP"))
                        .status())
                .isEqualTo(200);
    }

    private static int freeOffset() {
        return IntStream.iterate(21_000, offset -> offset + 7)
                .filter(offset -> new Ports(offset).ofNacos().stream().allMatch(Ports.Port::isFree))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> settingOf(NacosUser user) {
        return setting(user.settings().replace("*", Coordinator.SETTINGS), user.group());
    }

    private static Map<String, String> setting(String dataId, String group) {
        return Map.of("dataId", dataId, "groupName", group, "namespaceId", "public");
    }

    private static Map<String, String> instance(String service, String group) {
        return Map.of(
                "serviceName", service, "groupName", group, "ip", "127.0.0.1", "port", "1", "namespaceId", "public");
    }

    private static void refused(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(403);
    }

    private Answer get(String user, String path, Map<String, String> query) throws Exception {
        return send(user, HttpRequest.newBuilder(URI.create(nacos.url() + path + "?" + form(query))));
    }

    private Answer delete(String user, String path, Map<String, String> query) throws Exception {
        return send(
                user,
                HttpRequest.newBuilder(URI.create(nacos.url() + path + "?" + form(query)))
                        .DELETE());
    }

    private Answer post(String user, String path, Map<String, String> fields) throws Exception {
        return send(
                user,
                HttpRequest.newBuilder(URI.create(nacos.url() + path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form(fields))));
    }

    private Answer send(String user, HttpRequest.Builder request) throws Exception {
        return ask(request.header("accessToken", tokenOf(user)));
    }

    private Answer ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest complete = request.timeout(Duration.ofSeconds(10)).build();
        HttpResponse<String> response = http.send(complete, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        return new Answer(complete.method() + " " + complete.uri().getPath(), response.statusCode(), response.body());
    }

    private String tokenOf(String user) throws Exception {
        if (!tokens.containsKey(user)) {
            Answer login = ask(HttpRequest.newBuilder(URI.create(nacos.url() + "/v3/auth/user/login"))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form(
                            Map.of("username", user, "password", stack.secrets().nacosPassword(user))))));
            assertThat(login.status()).as("log-in of %s", user).isEqualTo(200);
            JsonNode token = JSON.readTree(login.body()).path("accessToken");
            tokens.put(user, token.asString());
        }
        return tokens.get(user);
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private record Answer(String request, int status, String body) {}
}
