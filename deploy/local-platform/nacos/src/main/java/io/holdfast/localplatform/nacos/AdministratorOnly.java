package io.holdfast.localplatform.nacos;

import com.alibaba.nacos.core.context.RequestContextHolder;
import com.alibaba.nacos.plugin.auth.api.IdentityContext;
import com.alibaba.nacos.plugin.auth.impl.users.NacosUser;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The console and the interface for administrators are for the administrator alone. Nacos itself looks only at the dataId or service that a
 * request names in its parameters, whatever else the request is about: who may read one setting could export all of them by their
 * numbers, or list them.
 */
@Configuration(proxyBeanMethods = false)
class AdministratorOnly {

    /** Right after Nacos' own filter has found out who asks, which has the order 6. */
    private static final int AFTER_AUTHENTICATION = 7;

    @Bean
    FilterRegistrationBean<Filter> refusingOthers() {
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(AdministratorOnly::refuseOthers);
        registration.setOrder(AFTER_AUTHENTICATION);
        return registration;
    }

    private static void refuseOthers(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = ((HttpServletRequest) request).getServletPath();
        boolean forEverybody = path.startsWith("/v3/client/") || path.startsWith("/v3/auth/");
        if (forEverybody || !isAskedByAnother()) {
            chain.doFilter(request, response);
        } else {
            ((HttpServletResponse) response).sendError(HttpServletResponse.SC_FORBIDDEN, "for administrators only");
        }
    }

    /** What Nacos answers without asking who it is, say whether it is ready, stays open. */
    private static boolean isAskedByAnother() {
        IdentityContext identity =
                RequestContextHolder.getContext().getAuthContext().getIdentityContext();
        return identity != null
                && identity.getParameter("nacosuser") instanceof NacosUser user
                && !user.isGlobalAdmin();
    }
}
