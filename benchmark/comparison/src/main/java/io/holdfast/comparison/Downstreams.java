package io.holdfast.comparison;

import feign.RequestInterceptor;
import feign.Retryer;
import org.apache.seata.core.context.RootContext;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.cloud.openfeign.clientconfig.HttpClient5FeignConfiguration.HttpClientBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** How the order service calls the two others. Their addresses are fixed; a registry would cost more. */
@Configuration(proxyBeanMethods = false)
@Profile(ComparisonApplication.ORDER)
@EnableFeignClients(clients = {Downstreams.Stock.class, Downstreams.Payments.class})
public class Downstreams {

    /** The client's name is the audience of the token that it sends. */
    @FeignClient(name = "stock-svc", url = "${comparison.stock-url}")
    public interface Stock {

        @PostMapping("/internal/{way}/stock")
        void take(@PathVariable("way") String way, @RequestBody Order order);
    }

    /** See {@link Stock}. */
    @FeignClient(name = "payment-svc", url = "${comparison.payment-url}")
    public interface Payments {

        @PostMapping("/internal/{way}/payments")
        void pay(@PathVariable("way") String way, @RequestBody Order order);
    }

    @Bean
    Retryer neverRetry() {
        return Retryer.NEVER_RETRY;
    }

    @Bean
    HttpClientBuilderCustomizer noRetriesBelowFeign() {
        return builder -> builder.disableAutomaticRetries().disableRedirectHandling();
    }

    /** Without it a branch is registered with no global transaction; Seata's part for Spring Cloud, which would do it, is not published. */
    @Bean
    RequestInterceptor xid() {
        return request -> {
            String xid = RootContext.getXID();
            if (xid != null) {
                request.header(RootContext.KEY_XID, xid);
            }
        };
    }
}
