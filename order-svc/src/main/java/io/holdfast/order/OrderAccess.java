package io.holdfast.order;

import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.Role;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;

/** Buyers see, place and cancel their own orders; operators may do it for anybody. Sales are made by operators and bought in by buyers. */
@Configuration(proxyBeanMethods = false)
class OrderAccess {

    @Bean
    AccessRules accessRules() {
        return new AccessRules()
                .allow(HttpMethod.POST, "/orders", Role.BUYER, Role.OPERATOR)
                .allow(HttpMethod.GET, "/orders", Role.BUYER, Role.OPERATOR)
                .allow(HttpMethod.GET, "/orders/{orderId}", Role.BUYER, Role.OPERATOR)
                .allow(HttpMethod.POST, "/orders/{orderId}/cancellation", Role.BUYER, Role.OPERATOR)
                .allow(HttpMethod.POST, "/sales/{saleId}/orders", Role.BUYER)
                .allow(HttpMethod.GET, "/sales/{saleId}/orders/mine", Role.BUYER)
                .allow(HttpMethod.GET, "/sales/{saleId}", Role.BUYER, Role.OPERATOR)
                .allow(HttpMethod.POST, "/sales", Role.OPERATOR)
                .allow(HttpMethod.POST, "/sales/{saleId}/pause", Role.OPERATOR)
                .allow(HttpMethod.POST, "/sales/{saleId}/open", Role.OPERATOR)
                .allow(HttpMethod.POST, "/sales/{saleId}/close", Role.OPERATOR)
                .withoutPersonalData("/sales/{saleId}");
    }
}
