package io.holdfast.order.downstream;

import feign.Retryer;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.clientconfig.HttpClient5FeignConfiguration.HttpClientBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The Feign clients and what they have in common. Timeouts and pool sizes are in application.yml, per client. */
@Configuration(proxyBeanMethods = false)
@EnableFeignClients(
        clients = {
            ReservationClient.class,
            PaymentClient.class,
            StockBranchesClient.class,
            PaymentBranchesClient.class,
            StockStatesClient.class,
            PaymentStatesClient.class,
            SaleQuotaClient.class
        },
        defaultConfiguration = DownstreamClients.OfEachClient.class)
class DownstreamClients {

    /**
     * A Try that is sent twice registers two branches. Feign does not retry by default; Apache's HTTP client does, by itself, and
     * even repeats a POST that was answered 503.
     */
    @Bean
    HttpClientBuilderCustomizer noRetriesBelowFeign() {
        return builder -> builder.disableAutomaticRetries().disableRedirectHandling();
    }

    /** Not a configuration of the application: Feign makes these beans anew for each client. */
    static class OfEachClient {

        @Bean
        Retryer retryer() {
            return Retryer.NEVER_RETRY;
        }

        /** Encoder, decoder and error decoder in one bean: as three of one class, each would be three candidates. */
        @Bean
        DownstreamJson downstreamJson(JsonMapper json) {
            return new DownstreamJson(json);
        }
    }
}
