package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.operations.BranchOperations;
import io.holdfast.tcc.operations.TccEndpoint;
import io.holdfast.tcc.retry.ActionPolicies;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The actuator endpoint {@code tcc}, if the service has actuator and exposes it. */
@AutoConfiguration(after = TccAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(BranchOperations.class)
public class TccEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint
    TccEndpoint tccEndpoint(BranchOperations operations, ActionPolicies policies) {
        return new TccEndpoint(operations, policies);
    }
}
