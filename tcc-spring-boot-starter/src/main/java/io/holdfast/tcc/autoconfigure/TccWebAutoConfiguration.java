package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.branch.BranchHistoryResource;
import io.holdfast.tcc.xid.TccProblems;
import io.holdfast.tcc.xid.XidInboundInterceptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Accepts the xid on internal paths, and answers refusals as problems, if the service is a servlet application. */
@AutoConfiguration(after = TccAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(WebMvcConfigurer.class)
@ConditionalOnBooleanProperty(name = TccProperties.ENABLED, matchIfMissing = true)
public class TccWebAutoConfiguration {

    @Bean
    WebMvcConfigurer xidWebMvcConfigurer(TccProperties settings) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new XidInboundInterceptor(settings.callerRole()))
                        .addPathPatterns(settings.internalPaths())
                        .order(Ordered.HIGHEST_PRECEDENCE);
            }
        };
    }

    @Bean
    @ConditionalOnMissingBean
    TccProblems tccProblems() {
        return new TccProblems();
    }

    @Bean
    @ConditionalOnBean(BranchHistory.class)
    @ConditionalOnMissingBean
    BranchHistoryResource branchHistoryResource(BranchHistory history) {
        return new BranchHistoryResource(history);
    }
}
