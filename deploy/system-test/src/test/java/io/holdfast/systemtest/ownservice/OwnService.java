package io.holdfast.systemtest.ownservice;

import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.localplatform.part.MariaDb;
import io.holdfast.localplatform.stack.Stack;
import io.holdfast.tcc.autoconfigure.TccAutoConfiguration;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.spring.boot.autoconfigure.SeataAutoConfiguration;
import org.apache.seata.spring.boot.autoconfigure.SeataCoreAutoConfiguration;
import org.apache.seata.tm.api.GlobalTransaction;
import org.apache.seata.tm.api.GlobalTransactionContext;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ScriptUtils;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * A fourth service, as a team of its own would write it with the starter: inside the JVM of the tests, so that a test can reach
 * into its way to the database, but with the platform's real coordinator and real database. It also begins global transactions.
 */
public final class OwnService implements AutoCloseable {

    private static final String FENCE_SCRIPT = "io/holdfast/tcc/sql/mysql/fence.sql";

    private final ConfigurableApplicationContext context;
    private final AtomicInteger buyers = new AtomicInteger();

    private OwnService(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static OwnService start(Stack stack) {
        createSchema(stack.database().rootAccess("mysql"));
        MariaDb.Access root = stack.database().rootAccess("own_service");
        return new OwnService(new SpringApplicationBuilder(Parts.class)
                .web(WebApplicationType.NONE)
                .properties(Map.of(
                        // No settings of the services, which are on this class path too.
                        "spring.config.name", "own-service",
                        "spring.application.name", "own-service",
                        "spring.main.banner-mode", "off",
                        "spring.cloud.nacos.config.import-check.enabled", "false",
                        "own.db.url", root.jdbcUrl(),
                        "own.db.user", root.user(),
                        "own.db.password", root.password()))
                .properties(Map.of(
                        // As short as they may be.
                        "holdfast.tcc.orphans.age", "5s",
                        "holdfast.tcc.orphans.interval", "5s",
                        "seata.application-id", "own-service",
                        "seata.tx-service-group", "holdfast",
                        "seata.service.vgroup-mapping.holdfast", "default",
                        "seata.service.grouplist.default", stack.coordinator().url(),
                        "seata.registry.type", "file",
                        "seata.config.type", "file"))
                .run());
    }

    private static void createSchema(MariaDb.Access root) {
        try (Connection connection = root.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists own_service");
            statement.execute("create database own_service");
            statement.execute("use own_service");
            ScriptUtils.executeSqlScript(connection, new ClassPathResource(FENCE_SCRIPT));
            statement.execute("""
                    create table points (buyer varchar(64) not null primary key, free bigint not null,
                        held bigint not null, spent bigint not null, check (least(free, held, spent) >= 0))
                    """);
            statement.execute("""
                    create table points_hold (xid varchar(128) not null, branch_id bigint not null,
                        buyer varchar(64) not null, points bigint not null, primary key (xid, branch_id))
                    """);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Points points() {
        return context.getBean(Points.class);
    }

    FaultyDatabase database() {
        return context.getBean(FaultyDatabase.class);
    }

    /** How often the fence of this service has counted that outcome. */
    long fenceCount(String outcome) {
        return (long) context.getBean(MeterRegistry.class)
                .counter("holdfast.tcc.fence", "action", Points.ACTION, "outcome", outcome)
                .count();
    }

    /** What a counter of this service stands at, whatever its other tags. */
    long count(String counter, String... tags) {
        return Math.round(context.getBean(MeterRegistry.class).find(counter).tags(tags).counters().stream()
                .mapToDouble(Counter::count)
                .sum());
    }

    /** A new buyer with 100 points. */
    String newBuyer() {
        String buyer = "buyer-" + buyers.incrementAndGet();
        context.getBean(JdbcTemplate.class).update("insert into points values (?, 100, 0, 0)", buyer);
        return buyer;
    }

    /** A new global transaction of the real coordinator, bound to this thread. */
    public static GlobalTransaction begin() throws TransactionException {
        GlobalTransaction transaction = GlobalTransactionContext.createNew();
        transaction.begin(60_000, "own-service");
        return transaction;
    }

    @Override
    public void close() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({SeataCoreAutoConfiguration.class, SeataAutoConfiguration.class, TccAutoConfiguration.class
    })
    @Import(Points.class)
    static class Parts {

        @Bean
        FaultyDatabase dataSource(Environment environment) {
            HikariDataSource real = new HikariDataSource();
            real.setJdbcUrl(environment.getRequiredProperty("own.db.url"));
            real.setUsername(environment.getRequiredProperty("own.db.user"));
            real.setPassword(environment.getRequiredProperty("own.db.password"));
            real.setMaximumPoolSize(8);
            return new FaultyDatabase(real);
        }

        @Bean
        PlatformTransactionManager transactionManager(FaultyDatabase dataSource) {
            return new JdbcTransactionManager(dataSource);
        }

        @Bean
        JdbcTemplate jdbcTemplate(FaultyDatabase dataSource) {
            return new JdbcTemplate(dataSource);
        }

        @Bean
        MeterRegistry meterRegistry() {
            return new SimpleMeterRegistry();
        }
    }
}
