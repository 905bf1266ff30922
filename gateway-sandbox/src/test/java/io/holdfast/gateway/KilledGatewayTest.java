package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.gateway.Caller.Answer;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a process of its own, with the settings that it has in earnest, ended by SIGKILL. */
class KilledGatewayTest {

    private static final Duration STARTED_WITHIN = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private final TestSchema schema = TestDatabase.mariaDb().newSchema("killed_gateway");
    private final String reference = Caller.fresh("order");
    private Process process;
    private Caller caller;

    @AfterEach
    void kill() throws Exception {
        if (process != null) {
            process.destroyForcibly();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatWasCommittedBeforeItsAnswerOutlivesTheGatewayAndItsKeyTellsOfIt() throws Exception {
        start();
        String captureKey = Caller.fresh("key");
        String authorizeKey = Caller.fresh("key");
        String id = caller.authorized(reference, 500);
        caller.behave("{\"operation\":\"ANY\",\"kind\":\"LATE\",\"delayMillis\":60000,\"times\":2}");
        try (Socket capture = caller.send("POST", "/charges/" + id + "/capture", captureKey, null);
                Socket authorize =
                        caller.send("POST", "/charges", authorizeKey, Caller.order(reference, 7, "tok_ok"))) {
            await().atMost(Duration.ofMinutes(1)).until(() -> caller.held() == 2);

            kill();

            assertThat(Caller.receive(capture)).isEmpty();
            assertThat(Caller.receive(authorize)).isEmpty();
        }
        start();

        assertThat(caller.get("/behaviour").is(200).<List<?>>at("$.rules")).isEmpty();
        Answer captured = caller.step(id, "capture", captureKey).is(200);
        assertThat(captured.isReplayed()).isTrue();
        assertThat(captured.<String>at("$.status")).isEqualTo("CAPTURED");
        Answer found = caller.get("/charges?idempotencyKey=" + authorizeKey).is(200);
        assertThat(found.<List<String>>at("$.charges[*].status")).containsExactly("AUTHORIZED");
        Answer authorized = caller.post("/charges", authorizeKey, Caller.order(reference, 7, "tok_ok"))
                .is(201);
        assertThat(authorized.isReplayed()).isTrue();
        assertThat(authorized.<String>at("$.id")).isEqualTo(found.at("$.charges[0].id"));
        assertThat(caller.get("/ledger?reference=" + reference).<List<String>>at("$.entries[*].effect"))
                .containsExactlyInAnyOrder("AUTHORIZED", "CAPTURED", "AUTHORIZED");
    }

    private void start() throws IOException {
        int port = freePort();
        int managementPort = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        GatewayApplication.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("gateway.log").toFile()));
        builder.environment().put("HOLDFAST_PORT", Integer.toString(port));
        builder.environment().put("HOLDFAST_MANAGEMENT_PORT", Integer.toString(managementPort));
        builder.environment().put("HOLDFAST_DB_URL", schema.url());
        builder.environment().put("HOLDFAST_DB_USER", schema.user());
        builder.environment().put("HOLDFAST_DB_PASSWORD", schema.password());
        for (String setting : Caller.TOKENS.environment()) {
            builder.environment()
                    .put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        process = builder.start();
        caller = new Caller(port);
        await("the gateway's health").atMost(STARTED_WITHIN).until(() -> {
            assertThat(process.isAlive()).as("the gateway runs, see %s", folder).isTrue();
            return isUp(managementPort);
        });
    }

    private static boolean isUp(int managementPort) {
        try {
            return new Caller(managementPort).get("/actuator/health").status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
