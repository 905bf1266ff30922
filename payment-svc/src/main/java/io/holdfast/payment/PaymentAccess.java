package io.holdfast.payment;

import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.Role;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;

/** Buyers see their own account and payments. Only operators make deposits. */
@Configuration(proxyBeanMethods = false)
class PaymentAccess {

    @Bean
    AccessRules accessRules() {
        return new AccessRules()
                .allow(HttpMethod.GET, "/accounts/{buyerId}", Role.BUYER, Role.OPERATOR)
                .allow(HttpMethod.POST, "/accounts/{buyerId}/deposits", Role.OPERATOR)
                .allow(HttpMethod.GET, "/payments", Role.BUYER, Role.OPERATOR);
    }
}
