package io.holdfast.order;

import io.holdfast.edge.testtokens.TestTokens;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.ContextConfiguration;

/**
 * order-svc with its own settings, in a new schema of a real MariaDB. Nacos and the coordinator are left out: a
 * {@link StandInCoordinator} takes the coordinator's place, {@link StandInDownstreamServices} answer over real HTTP, and the fence is the
 * real one.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ActiveProfiles("without-nacos")
@ContextConfiguration(initializers = OnRealDatabase.ServiceEnvironment.class)
@Import(StandInCoordinator.InTheService.class)
public @interface OnRealDatabase {

    /** Points the service to a schema that nobody else uses, and to its stand-in downstream services. */
    class ServiceEnvironment implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestSchema schema = TestDatabase.mariaDb().newSchema("orders");
            TestTokens tokens = TestTokens.forService("order-svc");
            context.getBeanFactory().registerSingleton("testTokens", tokens);
            TestPropertyValues.of(tokens.environment()).applyTo(context);
            StandInDownstreamServices downstream = StandInDownstreamServices.start();
            context.getBeanFactory().registerSingleton("standInDownstreamServices", downstream);
            context.addApplicationListener(event -> {
                if (event instanceof ContextClosedEvent) {
                    downstream.stop();
                }
            });
            TestPropertyValues.of(
                            "HOLDFAST_DB_URL=" + schema.url(),
                            "HOLDFAST_DB_USER=" + schema.user(),
                            "HOLDFAST_DB_PASSWORD=" + schema.password(),
                            "spring.cloud.discovery.client.simple.instances.stock-svc[0].uri=" + downstream.url(),
                            "spring.cloud.discovery.client.simple.instances.payment-svc[0].uri=" + downstream.url())
                    .applyTo(context);
        }
    }
}
