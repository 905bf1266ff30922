package io.holdfast.message;

import io.holdfast.migrations.LibrarySchema;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Local messages for a service with a data source. Without {@code spring.kafka.bootstrap-servers} messages are written and kept, and
 * nothing is sent or taken.
 */
@AutoConfiguration(
        afterName = {
            "io.holdfast.tcc.autoconfigure.TccAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
            "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties(MessageProperties.class)
public class LocalMessageAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(LocalMessageAutoConfiguration.class);

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }

    @Bean
    LibrarySchema localMessageSchema() {
        return new LibrarySchema("local_message_history", "io/holdfast/message/schema/{database}");
    }

    @Bean
    @DependsOnDatabaseInitialization
    MessageTable messageTable(DataSource dataSource) {
        return new MessageTable(JdbcClient.create(dataSource));
    }

    @Bean
    MessageMetrics messageMetrics(ObjectProvider<MeterRegistry> registry) {
        return new MessageMetrics(registry.getIfAvailable(CompositeMeterRegistry::new));
    }

    @Bean
    LocalMessages localMessages(
            MessageTable table, MessageProperties properties, Clock clock, ObjectProvider<MessageSender> sender) {
        MessageSender found = sender.getIfAvailable();
        if (found == null) {
            log.warn("spring.kafka.bootstrap-servers is empty: local messages are kept and not sent");
            return new LocalMessages(table, properties, inMillis(clock), committed -> {});
        }
        return new LocalMessages(table, properties, inMillis(clock), found::offer);
    }

    @Bean
    MessageOperations messageOperations(
            MessageTable table, PlatformTransactionManager transactionManager, Clock clock) {
        return new MessageOperations(table, ofItsOwn(transactionManager), inMillis(clock));
    }

    @Bean
    Housekeeping messageHousekeeping(
            MessageTable table,
            PlatformTransactionManager transactionManager,
            MessageProperties properties,
            MessageMetrics metrics,
            Clock clock) {
        return new Housekeeping(table, ofItsOwn(transactionManager), properties, metrics, inMillis(clock));
    }

    /** The tables keep milliseconds, whatever clock the service has. */
    private static Clock inMillis(Clock clock) {
        return Clock.tick(clock, Duration.ofMillis(1));
    }

    private static TransactionTemplate ofItsOwn(PlatformTransactionManager transactionManager) {
        TransactionTemplate transaction = new TransactionTemplate(transactionManager);
        // Under REPEATABLE READ a search that finds nothing locks the gap where others want to insert.
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        return transaction;
    }

    /** What needs a broker to talk to. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(OnKafkaServers.class)
    static class ToKafka {

        @Bean(destroyMethod = "close")
        Broker messageBroker(
                ProducerFactory<?, ?> producers,
                ConsumerFactory<?, ?> consumers,
                MessageProperties properties,
                @Value("${spring.application.name:application}") String service) {
            // Of the factories only what they were configured with: their clients may have serializers of the service's
            // own.
            KafkaConfig config = new KafkaConfig(
                    producers.getConfigurationProperties(), consumers.getConfigurationProperties(), properties.kafka());
            return new Broker(config, service + "-" + UUID.randomUUID(), service);
        }

        @Bean
        MessageSender messageSender(
                MessageTable table,
                Broker broker,
                PlatformTransactionManager transactionManager,
                MessageProperties properties,
                MessageMetrics metrics,
                Clock clock) {
            return new MessageSender(
                    table,
                    broker,
                    ofItsOwn(transactionManager),
                    properties,
                    metrics,
                    inMillis(clock),
                    new SecureRandom());
        }

        @Bean
        MessageConsumers messageConsumers(
                Broker broker,
                MessageTable table,
                PlatformTransactionManager transactionManager,
                MessageProperties properties,
                MessageMetrics metrics,
                Clock clock,
                ObjectProvider<MessageHandler> handlers,
                ObjectProvider<ResultHandler> results,
                @Value("${spring.application.name:application}") String service,
                @Value("${holdfast.message.require-sender:false}") boolean senderRequired) {
            Inbox inbox = new Inbox(table, ofItsOwn(transactionManager), metrics, inMillis(clock));
            return new MessageConsumers(
                    broker,
                    inbox,
                    service,
                    handlers.stream().toList(),
                    results.stream().toList(),
                    properties.kafka().sendTimeout().toMillis(),
                    RetryPolicy.STANDARD,
                    senderRequired);
        }
    }

    /** What each instance hears for itself. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(OnKafkaServers.class)
    static class Events {

        @Bean
        EventConsumers eventConsumers(
                Broker broker,
                ObjectProvider<EventHandler> handlers,
                @Value("${spring.application.name:application}") String service,
                @Value("${holdfast.message.require-sender:false}") boolean senderRequired) {
            return new EventConsumers(broker, service, handlers.stream().toList(), senderRequired);
        }
    }

    /** The actuator endpoint, if the service has actuator and exposes it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class Endpoint {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnAvailableEndpoint
        MessagesEndpoint messagesEndpoint(MessageOperations operations) {
            return new MessagesEndpoint(operations);
        }
    }
}
