package io.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.gateway.OnRealDatabase.Database;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

/** Held calls cost no threads: the gateway has 64 of them. */
@OnRealDatabase
class HeldCallsTest {

    private static final int CALLS = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Caller caller;
    private final JdbcTemplate jdbc;

    HeldCallsTest(@LocalServerPort int port, @Autowired Database database) {
        this.caller = new Caller(port);
        this.jdbc = database.jdbc();
    }

    @AfterEach
    void behaveNormally() throws Exception {
        caller.behaveNormally();
    }

    @Test
    void threeHundredHeldCallsKeepNobodyElseWaiting() throws Exception {
        String reference = Caller.fresh("order");
        caller.behave("{\"operation\":\"AUTHORIZE\",\"kind\":\"EFFECT_THEN_TIMEOUT\",\"delayMillis\":60000,\"times\":"
                + CALLS + "}");
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < CALLS; i++) {
                sockets.add(
                        caller.send("POST", "/charges", Caller.fresh("key"), Caller.order(reference, 10, "tok_ok")));
            }
            await().atMost(PATIENCE).until(() -> caller.held() == CALLS);
            assertThat(charges(reference)).isEqualTo(CALLS);

            for (int i = 0; i < 50; i++) {
                String id = caller.authorized(reference, 10);
                caller.step(id, "capture", Caller.fresh("key")).is(200);
            }
            assertThat(caller.held()).as("calls held meanwhile").isEqualTo(CALLS);

            caller.behaveNormally();
            for (Socket socket : sockets) {
                socket.setSoTimeout(60_000);
                assertThat(Caller.receive(socket)).isEmpty();
            }
            assertThat(caller.held()).isZero();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        assertThat(charges(reference)).isEqualTo(CALLS + 50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LATE", "EFFECT_THEN_TIMEOUT"})
    void callersThatGaveUpLongAgoTakeNobodyElseWithThem(String kind) throws Exception {
        String reference = Caller.fresh("order");
        int calls = 60;
        caller.behave("{\"operation\":\"AUTHORIZE\",\"kind\":\"%s\",\"delayMillis\":60000,\"times\":%d}"
                .formatted(kind, calls));
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            Socket socket = caller.send(
                    "POST", "/charges", Caller.fresh("key"), Caller.order(reference, 10, "tok_ok"), "keep-alive");
            // Half of them end in good order, the others by a reset.
            socket.setSoLinger(i % 2 == 0, 0);
            sockets.add(socket);
        }
        await().atMost(PATIENCE).until(() -> caller.held() == calls);
        for (Socket socket : sockets) {
            socket.close();
        }

        ExecutorService others = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                statuses.add(others.submit(
                        () -> caller.authorize(Caller.fresh("key"), reference).status()));
            }
            caller.behaveNormally();
            for (Future<Integer> status : statuses) {
                assertThat(status.get(1, TimeUnit.MINUTES)).isEqualTo(201);
            }
        } finally {
            others.shutdownNow();
        }
        assertThat(caller.held()).isZero();
        assertThat(charges(reference)).isEqualTo(calls + 200);
    }

    private int charges(String reference) {
        return jdbc.queryForObject("select count(*) from charge where reference = ?", Integer.class, reference);
    }
}
