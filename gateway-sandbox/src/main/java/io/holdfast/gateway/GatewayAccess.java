package io.holdfast.gateway;

import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.Role;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;

/** Charges are for the merchant's service; who runs the sandbox looks into the ledger and says how it misbehaves. */
@Configuration(proxyBeanMethods = false)
class GatewayAccess {

    @Bean
    AccessRules accessRules() {
        return new AccessRules()
                .allow(HttpMethod.GET, "/ledger", Role.OPERATOR)
                .allow(HttpMethod.GET, "/ledger/totals", Role.OPERATOR)
                .allow(HttpMethod.GET, "/behaviour", Role.OPERATOR)
                .allow(HttpMethod.PUT, "/behaviour", Role.OPERATOR)
                .allow(HttpMethod.DELETE, "/behaviour", Role.OPERATOR);
    }
}
