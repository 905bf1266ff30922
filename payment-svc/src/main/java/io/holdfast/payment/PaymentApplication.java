package io.holdfast.payment;

import io.holdfast.edge.startup.RequiredEnvironment;
import java.time.Clock;
import java.time.ZoneOffset;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

@SpringBootApplication
@EnableScheduling
public class PaymentApplication {

    public static void main(String[] args) {
        RequiredEnvironment.of(
                        "payment-svc",
                        "HOLDFAST_DB_PASSWORD",
                        "HOLDFAST_NACOS_PASSWORD",
                        "HOLDFAST_TOKEN_ISSUER",
                        "HOLDFAST_ORDER_SVC_KEYS",
                        "HOLDFAST_SERVICE_KEY")
                .orExit();
        SpringApplication.run(PaymentApplication.class, args);
    }

    /** As precise as the database keeps times, so that what is read is what was written. */
    @Bean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }
}
