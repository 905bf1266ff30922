package io.holdfast.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.properties.RenamedPropertiesInitializer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.PlatformTransactionManager;

/** What a service gets by having this module on its class path. No database is asked: nothing is written here. */
@ExtendWith(OutputCaptureExtension.class)
class LocalMessageAutoConfigurationTest {

    private static final String BROKER = "spring.kafka.bootstrap-servers=127.0.0.1:1";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(KafkaAutoConfiguration.class, LocalMessageAutoConfiguration.class));

    private final ApplicationContextRunner withDatabase = runner.withBean(
                    DataSource.class, () -> new DriverManagerDataSource("jdbc:mysql://127.0.0.1:1/none"))
            .withBean(
                    PlatformTransactionManager.class,
                    () -> new DataSourceTransactionManager(
                            new DriverManagerDataSource("jdbc:mysql://127.0.0.1:1/none")));

    @Test
    void aServiceWithoutADatabaseGetsNothing() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LocalMessages.class));
    }

    @Test
    void withoutABrokerMessagesAreWrittenAndNobodySendsOrTakesThem() {
        withDatabase.run(context -> assertThat(context)
                .hasSingleBean(LocalMessages.class)
                .doesNotHaveBean(MessageSender.class)
                .doesNotHaveBean(MessageConsumers.class)
                .doesNotHaveBean(EventConsumers.class));
    }

    @Test
    void withABrokerTheyAreSentAndTakenEvenWhileItIsAway() {
        withDatabase.withPropertyValues(BROKER).run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(MessageSender.class)
                .hasSingleBean(MessageConsumers.class)
                .hasSingleBean(EventConsumers.class));
    }

    @Test
    void theServicesOwnClockIsTaken() {
        Clock own = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        withDatabase.withBean("own", Clock.class, () -> own).run(context -> assertThat(context.getBean(Clock.class))
                .isSameAs(own));
    }

    @Test
    void aServiceWithoutActuatorStartsWithoutTheEndpoint() {
        withDatabase
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(MessagesEndpoint.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "holdfast.message.max-attempts=0",
                "holdfast.message.max-patience=0s",
                "spring.kafka.security.protocol=SASL_PLAINTEXT",
                "holdfast.message.kafka.user=somebody"
            })
    void aSettingThatCannotWorkOrABrokerWithoutAUserStopsTheStart(String setting) {
        withDatabase.withPropertyValues(BROKER, setting).run(context -> assertThat(context)
                .hasFailed());
    }

    @Test
    void aUserWithoutANameStopsTheStartToo() {
        withDatabase
                .withPropertyValues(
                        BROKER,
                        "spring.kafka.security.protocol=SASL_PLAINTEXT",
                        "spring.kafka.properties[sasl.mechanism]=PLAIN",
                        "spring.kafka.properties[sasl.jaas.config]=" + login("PlainLoginModule", "", ""))
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("has no user or no password"));
    }

    @Test
    void brokersInAListCountToo() {
        withDatabase
                .withPropertyValues("spring.kafka.bootstrap-servers[0]=127.0.0.1:1")
                .run(context -> assertThat(context).hasSingleBean(MessageSender.class));
    }

    /** All that is set for security is Boot's; it has to reach every kind of client that there is. */
    @ParameterizedTest
    @CsvSource({
        "PLAINTEXT, , ",
        "SASL_PLAINTEXT, PLAIN, plain.PlainLoginModule",
        "SASL_PLAINTEXT, SCRAM-SHA-256, scram.ScramLoginModule",
        "SASL_SSL, SCRAM-SHA-512, scram.ScramLoginModule",
        "SASL_SSL, PLAIN, plain.PlainLoginModule",
        "SSL, , "
    })
    void whateverIsSetForKafkaReachesProducersConsumersAndTheAdministrator(
            String protocol, String mechanism, String module) {
        List<String> properties = new ArrayList<>(List.of(
                "spring.kafka.bootstrap-servers=127.0.0.1:1,127.0.0.1:2",
                "spring.kafka.security.protocol=" + protocol,
                "spring.kafka.client-id=shop",
                "spring.kafka.properties[request.timeout.ms]=7000",
                "spring.kafka.properties[metadata.recovery.strategy]=none"));
        Map<String, Object> expected = new HashMap<>(Map.of(
                "bootstrap.servers",
                List.of("127.0.0.1:1", "127.0.0.1:2"),
                "security.protocol",
                protocol,
                "metadata.recovery.strategy",
                "none"));
        if (mechanism != null) {
            String login = login(module, "shop", "its \\\"secret\\\"");
            properties.add("spring.kafka.properties[sasl.mechanism]=" + mechanism);
            properties.add("spring.kafka.properties[sasl.jaas.config]=" + login);
            expected.put("sasl.mechanism", mechanism);
            expected.put("sasl.jaas.config", login);
        }
        if (protocol.endsWith("SSL")) {
            Path store = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
            properties.addAll(List.of(
                    "spring.kafka.ssl.trust-store-location=file:" + store,
                    "spring.kafka.ssl.trust-store-type=JKS",
                    "spring.kafka.ssl.trust-store-password=changeit",
                    "spring.kafka.ssl.protocol=TLSv1.3"));
            expected.putAll(Map.of(
                    "ssl.truststore.location", store.toString(),
                    "ssl.truststore.type", "JKS",
                    "ssl.truststore.password", "changeit",
                    "ssl.protocol", "TLSv1.3"));
        }

        withDatabase.withPropertyValues(properties.toArray(String[]::new)).run(context -> {
            assertThat(context).as("real clients are made with it").hasNotFailed();
            KafkaConfig config =
                    config(context, new MessageProperties.Kafka(Duration.ofSeconds(10), Duration.ofSeconds(5), "", ""));
            assertThat(config.ofProducer("sender"))
                    .containsAllEntriesOf(expected)
                    .containsEntry("client.id", "shop-sender");
            assertThat(config.ofConsumer("group", "taker"))
                    .containsAllEntriesOf(expected)
                    .containsEntry("client.id", "shop-taker")
                    .containsEntry("request.timeout.ms", "7000")
                    .containsEntry("group.id", "group");
            assertThat(context.getBean(KafkaAdmin.class).getConfigurationProperties())
                    .containsAllEntriesOf(expected)
                    .containsEntry("request.timeout.ms", "7000");
        });
    }

    @Test
    void whatTheGuaranteesRestOnCannotBeSet() {
        withDatabase
                .withPropertyValues(
                        BROKER,
                        "spring.kafka.producer.acks=0",
                        "spring.kafka.producer.properties[enable.idempotence]=false",
                        "spring.kafka.consumer.enable-auto-commit=true",
                        "spring.kafka.consumer.auto-offset-reset=latest",
                        "spring.kafka.consumer.max-poll-records=7")
                .run(context -> {
                    KafkaConfig config = config(
                            context,
                            new MessageProperties.Kafka(Duration.ofSeconds(10), Duration.ofSeconds(5), "", ""));
                    assertThat(config.ofProducer("sender"))
                            .containsEntry("acks", "all")
                            .containsEntry("enable.idempotence", true);
                    assertThat(config.ofConsumer("group", "taker"))
                            .containsEntry("enable.auto.commit", false)
                            .containsEntry("auto.offset.reset", "earliest")
                            .containsEntry("max.poll.records", 7);
                });
    }

    @Test
    void theNamesOfBeforeStillWorkForARelease(CapturedOutput output) {
        withDatabase
                .withInitializer(new RenamedPropertiesInitializer())
                .withPropertyValues(
                        "holdfast.message.kafka.servers=127.0.0.1:1",
                        "holdfast.message.kafka.user=shop",
                        "holdfast.message.kafka.password=its \"secret\"",
                        "holdfast.message.kafka.longest-reconnect=500ms",
                        "holdfast.message.most-attempts=7")
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(MessageSender.class);
                    MessageProperties properties = context.getBean(MessageProperties.class);
                    assertThat(properties.maxAttempts()).isEqualTo(7);
                    KafkaConfig config = config(context, properties.kafka());
                    assertThat(config.ofProducer("sender"))
                            .containsEntry("bootstrap.servers", List.of("127.0.0.1:1"))
                            .containsEntry("security.protocol", "SASL_PLAINTEXT")
                            .containsEntry("sasl.mechanism", "PLAIN")
                            .containsEntry("reconnect.backoff.max.ms", 500L)
                            .containsEntry(
                                    "sasl.jaas.config", login("plain.PlainLoginModule", "shop", "its \\\"secret\\\""));
                });
        assertThat(output)
                .contains("holdfast.message.kafka.servers is called spring.kafka.bootstrap-servers now")
                .contains("holdfast.message.kafka.user and password are dropped in the next release");
    }

    private static KafkaConfig config(BeanFactory context, MessageProperties.Kafka properties) {
        ProducerFactory<?, ?> producers = context.getBean(ProducerFactory.class);
        ConsumerFactory<?, ?> consumers = context.getBean(ConsumerFactory.class);
        return new KafkaConfig(
                producers.getConfigurationProperties(), consumers.getConfigurationProperties(), properties);
    }

    private static String login(String module, String user, String password) {
        String name = module.contains(".") ? module : "plain." + module;
        return "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";"
                .formatted(name, user, password);
    }
}
