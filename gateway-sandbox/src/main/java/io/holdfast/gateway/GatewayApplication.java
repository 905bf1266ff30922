package io.holdfast.gateway;

import io.holdfast.edge.audit.AuditAutoConfiguration;
import io.holdfast.edge.startup.RequiredEnvironment;
import java.time.Clock;
import java.time.ZoneOffset;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

@SpringBootApplication(exclude = AuditAutoConfiguration.class)
@ConfigurationPropertiesScan
public class GatewayApplication {

    public static void main(String[] args) {
        RequiredEnvironment.of(
                        "gateway-sandbox", "HOLDFAST_DB_PASSWORD", "HOLDFAST_TOKEN_ISSUER", "HOLDFAST_PAYMENT_SVC_KEYS")
                .orExit();
        SpringApplication.run(GatewayApplication.class, args);
    }

    /** As precise as the database keeps times, so that what is read is what was written. */
    @Bean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }
}
