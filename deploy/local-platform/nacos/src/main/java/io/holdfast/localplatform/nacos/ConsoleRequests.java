package io.holdfast.localplatform.nacos;

import com.alibaba.nacos.core.context.remote.HttpRequestContextFilter;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What Nacos has elsewhere and its console lacks: there a thread would still know who asked before. */
@Configuration(proxyBeanMethods = false)
class ConsoleRequests {

    @Bean
    FilterRegistrationBean<HttpRequestContextFilter> forgettingWhoAsked() {
        FilterRegistrationBean<HttpRequestContextFilter> registration =
                new FilterRegistrationBean<>(new HttpRequestContextFilter());
        registration.setOrder(Integer.MIN_VALUE);
        return registration;
    }
}
