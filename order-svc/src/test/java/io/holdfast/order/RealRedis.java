package io.holdfast.order;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.embedded.RedisServer;

/** A real Redis, in a process of its own. */
public final class RealRedis implements AutoCloseable {

    private static final String PASSWORD = "only-in-tests";

    private final int port;
    private final LettuceConnectionFactory connections;
    private final StringRedisTemplate template;
    private RedisServer server;
    private long pid;

    private RealRedis(int port) {
        this.port = port;
        RedisStandaloneConfiguration at = new RedisStandaloneConfiguration("127.0.0.1", port);
        at.setPassword(RedisPassword.of(PASSWORD));
        this.connections = new LettuceConnectionFactory(at);
        this.connections.afterPropertiesSet();
        this.connections.start();
        this.template = new StringRedisTemplate(connections);
    }

    public static RealRedis start() {
        RealRedis redis = new RealRedis(freePort());
        redis.startAgain();
        return redis;
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without anything that it knew before. */
    public void startAgain() {
        try {
            server = RedisServer.newRedisServer()
                    .port(port)
                    .bind("127.0.0.1")
                    .setting("requirepass " + PASSWORD)
                    .setting("save \"\"")
                    .build();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("Redis answers")
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> {
                    template.hasKey("anything");
                    return true;
                });
        pid = readPid();
    }

    public void stop() {
        try {
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It answers nobody, and forgets nothing. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + name + " of Redis ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private long readPid() {
        Properties server = template.execute((RedisCallback<Properties>)
                connection -> connection.serverCommands().info("server"));
        return Long.parseLong(server.getProperty("process_id"));
    }

    public void wipe() {
        template.execute((RedisCallback<Void>) connection -> {
            connection.serverCommands().flushAll();
            return null;
        });
    }

    public StringRedisTemplate template() {
        return template;
    }

    /** What points the service to it, as {@code NAME=value}. */
    public String[] environment() {
        return new String[] {
            "HOLDFAST_REDIS_HOST=127.0.0.1", "HOLDFAST_REDIS_PORT=" + port, "HOLDFAST_REDIS_PASSWORD=" + PASSWORD
        };
    }

    @Override
    public void close() {
        connections.destroy();
        stop();
    }
}
