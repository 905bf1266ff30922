package io.holdfast.stock;

import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.Role;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;

/** Callers that may order may see the stock. Only operators receive goods. */
@Configuration(proxyBeanMethods = false)
class StockAccess {

    @Bean
    AccessRules accessRules() {
        return new AccessRules()
                .allow(HttpMethod.GET, "/stock/{sku}", Role.BUYER, Role.OPERATOR)
                .allow(HttpMethod.POST, "/stock/{sku}/receipts", Role.OPERATOR)
                .withoutPersonalData("/stock/{sku}");
    }
}
