package io.holdfast.edge.audit;

import io.holdfast.edge.access.AccessRules;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps what operators do in the table {@code audit_entry} of a service that has a database. A service without that table excludes
 * this class; its audit is the log line alone.
 */
@AutoConfiguration(afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(JdbcClient.class)
@ConditionalOnBean(DataSource.class)
@EnableConfigurationProperties(AuditProperties.class)
public class AuditAutoConfiguration {

    @Bean
    static BeanPostProcessor watchOverConnections(ObjectProvider<Clock> clock) {
        Supplier<Clock> whenNeeded = () -> clock.getIfAvailable(AuditAutoConfiguration::wallClock);
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DataSource dataSource && !(bean instanceof AuditedDataSource)
                        ? new AuditedDataSource(dataSource, whenNeeded)
                        : bean;
            }
        };
    }

    @Bean
    AuditLog auditLog(DataSource dataSource, ObjectProvider<Clock> clock) throws SQLException {
        return new AuditLog(
                dataSource.unwrap(AuditedDataSource.class), clock.getIfAvailable(AuditAutoConfiguration::wallClock));
    }

    @Bean
    AuditCleaner auditCleaner(AuditLog entries, AuditProperties properties, ObjectProvider<Clock> clock) {
        return new AuditCleaner(
                entries, properties.retention(), clock.getIfAvailable(AuditAutoConfiguration::wallClock));
    }

    @Bean
    AuditResource auditResource(AuditLog entries) {
        return new AuditResource(entries);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(GlobalOpenApiCustomizer.class)
    static class InOpenApi {

        @Bean
        AuditOpenApiCustomizer auditInOpenApi(AccessRules rules) {
            return new AuditOpenApiCustomizer(rules);
        }
    }

    /** The database keeps milliseconds. */
    private static Clock wallClock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }
}
