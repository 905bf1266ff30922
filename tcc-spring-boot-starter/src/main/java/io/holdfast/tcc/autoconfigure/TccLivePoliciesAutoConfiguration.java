package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.retry.LiveActionPolicies;
import io.holdfast.tcc.retry.PolicyChanges;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/** Follows settings that change while the service runs, as Nacos' do. Without Spring Cloud they never do. */
@AutoConfiguration(after = TccAutoConfiguration.class)
@ConditionalOnClass(EnvironmentChangeEvent.class)
@ConditionalOnBean({PolicyChanges.class, LiveActionPolicies.class})
public class TccLivePoliciesAutoConfiguration {

    @Bean
    ApplicationListener<EnvironmentChangeEvent> livePolicies(PolicyChanges changes, LiveActionPolicies policies) {
        // Not a lambda: Spring would not see which event it is for.
        return new ApplicationListener<>() {
            @Override
            public void onApplicationEvent(EnvironmentChangeEvent change) {
                if (change.getKeys().stream().anyMatch(LiveActionPolicies::concerns)) {
                    changes.of(policies.refresh());
                }
            }
        };
    }
}
