package io.holdfast.stock;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.message.testbroker.KafkaProcess;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.ContextConfiguration;

/**
 * The whole of stock-svc with its own settings, over HTTP, in a new schema of a real MariaDB, with the real fence. Only Nacos
 * and the coordinator are left out; {@link Branches} makes the coordinator's calls. There is a {@link KafkaProcess} that does not run
 * unless a test starts it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("without-nacos")
@ContextConfiguration(initializers = OnRealDatabase.NewSchema.class)
@Import({Branches.class, StockTables.class})
public @interface OnRealDatabase {

    class NewSchema implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestSchema schema = TestDatabase.mariaDb().newSchema("stock");
            TestTokens tokens = TestTokens.forService("stock-svc");
            context.getBeanFactory().registerSingleton("testTokens", tokens);
            TestPropertyValues.of(tokens.environment()).applyTo(context);
            KafkaProcess kafka = KafkaProcess.prepare();
            context.getBeanFactory().registerSingleton("kafkaProcess", kafka);
            TestPropertyValues.of(kafka.properties()).applyTo(context);
            context.addApplicationListener(event -> {
                if (event instanceof ContextClosedEvent) {
                    kafka.close();
                }
            });
            TestPropertyValues.of(
                            "HOLDFAST_DB_URL=" + schema.url(),
                            "HOLDFAST_DB_USER=" + schema.user(),
                            "HOLDFAST_DB_PASSWORD=" + schema.password())
                    .applyTo(context);
        }
    }
}
