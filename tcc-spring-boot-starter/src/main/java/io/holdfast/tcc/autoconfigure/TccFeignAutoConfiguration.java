package io.holdfast.tcc.autoconfigure;

import feign.RequestInterceptor;
import io.holdfast.tcc.xid.XidFeignInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Sends the xid with Feign calls, if the service makes any. */
@AutoConfiguration
@ConditionalOnClass(RequestInterceptor.class)
@ConditionalOnBooleanProperty(name = TccProperties.ENABLED, matchIfMissing = true)
public class TccFeignAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    XidFeignInterceptor xidFeignInterceptor() {
        return new XidFeignInterceptor();
    }
}
