package io.holdfast.properties;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/** Lets every bean of type {@link LiveProperties} follow changes. Without Spring Cloud properties never change. */
@AutoConfiguration
@ConditionalOnClass(EnvironmentChangeEvent.class)
public class LivePropertiesAutoConfiguration {

    @Bean
    ApplicationListener<EnvironmentChangeEvent> livePropertiesRefresh(ObjectProvider<LiveProperties<?>> properties) {
        // Not a lambda: Spring would not see which event it is for.
        return new ApplicationListener<>() {
            @Override
            public void onApplicationEvent(EnvironmentChangeEvent change) {
                properties.forEach(each -> each.changed(change.getKeys()));
            }
        };
    }
}
