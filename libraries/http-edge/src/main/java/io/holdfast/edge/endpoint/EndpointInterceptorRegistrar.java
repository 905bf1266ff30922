package io.holdfast.edge.endpoint;

import java.util.function.Supplier;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.boot.webmvc.actuate.endpoint.web.AbstractWebMvcEndpointHandlerMapping;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Puts an interceptor before the operations of actuator endpoints: those of a {@code WebMvcConfigurer} stand before controllers only.
 * A mapping takes them up while it is initialised, so it has to be there before.
 */
public final class EndpointInterceptorRegistrar implements InstantiationAwareBeanPostProcessor {

    private final Supplier<HandlerInterceptor> interceptor;

    /** @param interceptor asked for when there is a mapping, so that nothing is made before its time */
    public EndpointInterceptorRegistrar(Supplier<HandlerInterceptor> interceptor) {
        this.interceptor = interceptor;
    }

    @Override
    public boolean postProcessAfterInstantiation(Object bean, String name) {
        if (bean instanceof AbstractWebMvcEndpointHandlerMapping mapping) {
            mapping.setInterceptors(interceptor.get());
        }
        return true;
    }
}
