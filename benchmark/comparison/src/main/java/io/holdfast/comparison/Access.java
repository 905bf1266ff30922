package io.holdfast.comparison;

import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.Role;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;

/** As Holdfast's services: buyers order with their tokens, and only services call internal endpoints. */
@Configuration(proxyBeanMethods = false)
class Access {

    @Bean
    AccessRules accessRules() {
        return new AccessRules().allow(HttpMethod.POST, "/{way}/orders", Role.BUYER);
    }
}
