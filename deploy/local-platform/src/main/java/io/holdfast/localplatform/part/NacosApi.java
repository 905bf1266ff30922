package io.holdfast.localplatform.part;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The few calls of Nacos' HTTP interface that the launcher needs. */
public final class NacosApi {

    static final String ADMIN = "nacos";

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final String server;
    private final String console;
    private final String password;
    /** Tokens hold for hours, and a launcher lives for minutes; a restarted Nacos honours them too, as its signing secret stays. */
    private volatile String token;

    NacosApi(String server, String console, String password) {
        this.server = server;
        this.console = console;
        this.password = password;
    }

    /** A log-in as the administrator. @return why it was not possible; empty if it was */
    Optional<String> logIn() throws InterruptedException {
        try {
            Answer answer = post(
                    server + "/v3/auth/user/login", Map.of("username", ADMIN, "password", password), Optional.empty());
            if (answer.status() != 200) {
                return Optional.of("the log-in is answered with " + answer.status());
            }
            token = answer.body().path("accessToken").asString("");
            return token.isEmpty() ? Optional.of("the log-in brings no token") : Optional.empty();
        } catch (IOException e) {
            return Optional.of("no answer at " + server);
        }
    }

    /** Sets the administrator's password in a Nacos that has none yet; otherwise Nacos refuses, and nothing changes. */
    void createAdministrator() throws InterruptedException {
        try {
            post(console + "/v3/auth/user/admin", Map.of("password", password), Optional.empty());
        } catch (IOException notUpYet) {
            // The next log-in tells.
        }
    }

    /** The text of a setting; empty if there is none. */
    public Optional<String> setting(String dataId, String group) throws IOException, InterruptedException {
        Answer answer = get("/v3/admin/cs/config", Map.of("dataId", dataId, "groupName", group));
        if (answer.status() == 404) {
            return Optional.empty();
        }
        return Optional.of(answer.require200().path("data").path("content").asString(""));
    }

    public void publish(String dataId, String group, String type, String content)
            throws IOException, InterruptedException {
        Answer answer = post(
                server + "/v3/admin/cs/config",
                Map.of("dataId", dataId, "groupName", group, "type", type, "content", content),
                Optional.of(requireToken()));
        if (!answer.require200().path("data").asBoolean(false)) {
            throw new IOException("Nacos did not take " + dataId + ": " + answer.body());
        }
    }

    /** The names of all users. */
    Set<String> users() throws IOException, InterruptedException {
        return itemsOf("/v3/auth/user/list", Map.of()).stream()
                .map(user -> user.path("username").asString(""))
                .collect(Collectors.toUnmodifiableSet());
    }

    void createUser(String user, String password) throws IOException, InterruptedException {
        administer("/v3/auth/user", Map.of("username", user, "password", password));
    }

    /** The users that have a role of their own name. */
    Set<String> usersWithTheirRole() throws IOException, InterruptedException {
        return itemsOf("/v3/auth/role/list", Map.of()).stream()
                .filter(binding -> binding.path("username")
                        .asString("")
                        .equals(binding.path("role").asString("")))
                .map(binding -> binding.path("role").asString(""))
                .collect(Collectors.toUnmodifiableSet());
    }

    void bindToItsRole(String user) throws IOException, InterruptedException {
        administer("/v3/auth/role", Map.of("username", user, "role", user));
    }

    void unbindFromItsRole(String user) throws IOException, InterruptedException {
        delete("/v3/auth/role", Map.of("username", user, "role", user));
    }

    Set<NacosUser.Right> rights(String role) throws IOException, InterruptedException {
        return itemsOf("/v3/auth/permission/list", Map.of("role", role)).stream()
                .map(right -> new NacosUser.Right(
                        right.path("resource").asString(""),
                        right.path("action").asString("")))
                .collect(Collectors.toUnmodifiableSet());
    }

    void grant(String role, NacosUser.Right right) throws IOException, InterruptedException {
        administer("/v3/auth/permission", Map.of("role", role, "resource", right.resource(), "action", right.action()));
    }

    void revoke(String role, NacosUser.Right right) throws IOException, InterruptedException {
        delete("/v3/auth/permission", Map.of("role", role, "resource", right.resource(), "action", right.action()));
    }

    /** Whether a healthy instance of a service is registered at that port. */
    boolean hasInstance(String service, String group, String cluster, int port)
            throws IOException, InterruptedException {
        Answer answer = get(
                "/v3/client/ns/instance/list",
                Map.of("serviceName", service, "groupName", group, "clusterName", cluster, "healthyOnly", "true"));
        for (JsonNode instance : answer.require200().path("data")) {
            if (instance.path("port").asInt(-1) == port
                    && instance.path("healthy").asBoolean(false)) {
                return true;
            }
        }
        return false;
    }

    private List<JsonNode> itemsOf(String path, Map<String, String> query) throws IOException, InterruptedException {
        Map<String, String> page = new HashMap<>(query);
        page.putAll(Map.of("pageNo", "1", "pageSize", "1000"));
        List<JsonNode> items = new ArrayList<>();
        get(path, page).require200().path("data").path("pageItems").forEach(items::add);
        return items;
    }

    private void administer(String path, Map<String, String> fields) throws IOException, InterruptedException {
        post(server + path, fields, Optional.of(requireToken())).require200();
    }

    private void delete(String path, Map<String, String> query) throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(URI.create(server + path + "?" + form(query)))
                        .timeout(TIMEOUT)
                        .header("accessToken", requireToken())
                        .DELETE()
                        .build())
                .require200();
    }

    private Answer get(String path, Map<String, String> query) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + path + "?" + form(query)))
                .timeout(TIMEOUT)
                .header("accessToken", requireToken())
                .build();
        return send(request);
    }

    private Answer post(String url, Map<String, String> fields, Optional<String> accessToken)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(fields)));
        accessToken.ifPresent(value -> request.header("accessToken", value));
        return send(request.build());
    }

    private Answer send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        try {
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        } catch (JacksonException notJson) {
            return new Answer(response.statusCode(), JSON.createObjectNode());
        }
    }

    private String requireToken() throws IOException, InterruptedException {
        if (token == null) {
            Optional<String> refused = logIn();
            if (refused.isPresent()) {
                throw new IOException("Nacos: " + refused.get());
            }
        }
        return token;
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private record Answer(int status, JsonNode body) {

        JsonNode require200() throws IOException {
            if (status != 200) {
                throw new IOException("Nacos answers with " + status + " " + body);
            }
            return body;
        }
    }
}
