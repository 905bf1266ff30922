package io.holdfast.gateway.behaviour;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;

@Configuration(proxyBeanMethods = false)
class BehaviourConfiguration {

    private static final Logger log = LoggerFactory.getLogger(BehaviourConfiguration.class);
    /** After the filters that identify the caller and check the request. */
    private static final int FILTER_ORDER = Ordered.LOWEST_PRECEDENCE - 10;

    @Bean
    RandomGenerator chance(BehaviourProperties properties) {
        Long wanted = properties.randomSeed();
        long seed = wanted == null ? new SplittableRandom().nextLong() : wanted;
        // Logged, so that a run that found something can be repeated.
        log.info("The random seed is {}", seed);
        return new SplittableRandom(seed);
    }

    @Bean
    Behaviour behaviour(RandomGenerator chance) {
        return new Behaviour(chance);
    }

    @Bean
    HeldCalls heldCalls(BehaviourProperties properties) {
        return new HeldCalls(properties.maxHeld());
    }

    @Bean
    FilterRegistrationBean<MisbehaviourFilter> misbehaviourFilter(
            Behaviour behaviour,
            HeldCalls heldCalls,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        FilterRegistrationBean<MisbehaviourFilter> registration =
                new FilterRegistrationBean<>(new MisbehaviourFilter(behaviour, heldCalls, problems));
        registration.addUrlPatterns("/charges", "/charges/*");
        registration.setOrder(FILTER_ORDER);
        return registration;
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> hangups() {
        return factory -> factory.addContextValves(new HangupValve());
    }
}
