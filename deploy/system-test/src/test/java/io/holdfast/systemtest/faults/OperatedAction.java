package io.holdfast.systemtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.HoldfastService;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Platform;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** One TCC action of a service as people work on it: its policy in Nacos, and the actuator endpoint {@code tcc}. */
final class OperatedAction {

    private final Platform platform;
    private final HoldfastService service;
    private final String action;
    private final String before;

    OperatedAction(Platform platform, HoldfastService service, String action) {
        this.platform = platform;
        this.service = service;
        this.action = action;
        this.before = platform.setting(settings());
    }

    /** Settings of the action alone, in the place of what a policy before this one said of it. */
    void policy(String... settings) {
        String own = "      " + action + ":\n        " + String.join("\n        ", settings) + "\n";
        String actions = "    actions:\n";
        platform.changeSetting(
                settings(),
                before.contains(actions)
                        ? before.replace(actions, actions + own)
                        : before + "\nholdfast:\n  tcc:\n" + actions + own);
    }

    /** What the settings were before the test. */
    void restorePolicy() {
        if (!platform.setting(settings()).equals(before)) {
            platform.changeSetting(settings(), before);
            awaitPolicy("initialDelay", "PT1S");
        }
    }

    void awaitPolicy(String name, String value) {
        await(name + " is " + value + " in " + service.name())
                .atMost(Duration.ofSeconds(20))
                .until(() -> platform.get(tcc())
                        .body()
                        .path("actions")
                        .path(action)
                        .path(name)
                        .asString("")
                        .equals(value));
    }

    JsonNode awaitBranch(String xid, String state) {
        return await("a branch " + state)
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            for (JsonNode branch : platform.get(tcc() + "?state=" + state + "&limit=1000")
                                    .body()
                                    .path("branches")) {
                                if (branch.path("xid").asString("").equals(xid)) {
                                    return branch;
                                }
                            }
                            return null;
                        },
                        found -> found != null);
    }

    /** The failed attempts of a branch, as the endpoint tells them. */
    JsonNode attemptsOf(JsonNode listed) {
        Answer answer = platform.get(tcc() + "/" + listed.path("xid").asString() + "/"
                + listed.path("branchId").asString());
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.body().path("attempts");
    }

    long backlog(String state) {
        long sum = 0;
        for (JsonNode entry : platform.get(tcc()).body().path("backlog")) {
            if (entry.path("state").asString("").equals(state)) {
                sum += entry.path("branches").asLong();
            }
        }
        return sum;
    }

    static Map<String, Object> branch(JsonNode listed) {
        return Map.of(
                "xid", listed.path("xid").asString(),
                "branchId", listed.path("branchId").asString());
    }

    Answer operate(String operation, Map<String, Object> what, String reason) {
        Map<String, Object> body = new TreeMap<>(what);
        body.put("reason", reason);
        return platform.call("POST", tcc() + "/" + operation, Map.of("X-Reason", reason), Platform.text(body));
    }

    String tcc() {
        return service.managementUrl() + "/actuator/tcc";
    }

    private String settings() {
        return service.name() + ".yaml";
    }
}
