package io.holdfast.payment.card;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.jdbc.AutodetectJdbcCustomization;
import io.holdfast.tcc.retry.Backoff;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CardProperties.class)
class CardConfiguration {

    @Bean
    Backoff voidOrRefundBackoff() {
        return new Backoff(RandomGenerator.of("SplittableRandom"));
    }

    /** Writes in the local transaction that is open. It never commits, so outside a transaction it has no effect. */
    @Bean
    SchedulerClient voidOrRefundClient(DataSource database) {
        return SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(database))
                .jdbcCustomization(new AutodetectJdbcCustomization(database, true))
                .build();
    }
}
