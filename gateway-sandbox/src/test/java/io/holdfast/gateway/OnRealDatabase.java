package io.holdfast.gateway;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.ContextConfiguration;

/** The gateway with its own settings, in a new schema of a real MariaDB, and on a port of its own. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ActiveProfiles("on-any-port")
@ContextConfiguration(initializers = OnRealDatabase.Schema.class)
@Import(OnRealDatabase.DatabaseAccess.class)
public @interface OnRealDatabase {

    /** Points the gateway to a schema that nobody else uses. */
    class Schema implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestSchema schema = TestDatabase.mariaDb().newSchema("gateway");
            TestPropertyValues.of(Caller.TOKENS.environment()).applyTo(context);
            TestPropertyValues.of(
                            "HOLDFAST_DB_URL=" + schema.url(),
                            "HOLDFAST_DB_USER=" + schema.user(),
                            "HOLDFAST_DB_PASSWORD=" + schema.password())
                    .applyTo(context);
        }
    }

    /** For the tests' own SQL, past the gateway's pool: what it sees is committed. */
    @TestConfiguration(proxyBeanMethods = false)
    class DatabaseAccess {

        @Bean
        Database database(DataSourceProperties gateway) {
            return new Database(new JdbcTemplate(
                    new DriverManagerDataSource(gateway.getUrl(), gateway.getUsername(), gateway.getPassword())));
        }
    }

    record Database(JdbcTemplate jdbc) {}
}
