package io.holdfast.stock;

import io.holdfast.edge.startup.RequiredEnvironment;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import java.time.Clock;
import java.time.ZoneOffset;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

@SpringBootApplication
@EnableScheduling
@OpenAPIDefinition(
        info =
                @Info(
                        title = "stock-svc",
                        version = "1",
                        description =
                                "Stock per SKU. What came in is available, reserved for an order or sold; nothing else"
                                        + " ever happens to it."))
public class StockApplication {

    public static void main(String[] args) {
        RequiredEnvironment.of(
                        "stock-svc",
                        "HOLDFAST_DB_PASSWORD",
                        "HOLDFAST_NACOS_PASSWORD",
                        "HOLDFAST_TOKEN_ISSUER",
                        "HOLDFAST_ORDER_SVC_KEYS")
                .orExit();
        SpringApplication.run(StockApplication.class, args);
    }

    /** As precise as the database keeps times, so that what is read is what was written. */
    @Bean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }
}
