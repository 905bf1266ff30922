package io.holdfast.rows;

import static org.assertj.core.api.Assertions.assertThat;

import com.baomidou.mybatisplus.autoconfigure.MybatisPlusAutoConfiguration;
import javax.sql.DataSource;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.LocalCacheScope;
import org.apache.ibatis.session.SqlSessionFactory;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What a service gets by having this module on its class path. */
class RecordRowsAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(RecordRowsAutoConfiguration.class, MybatisPlusAutoConfiguration.class))
            .withBean(DataSource.class, DriverManagerDataSource::new);

    @Test
    void myBatisReadsRowsAsRecordsAndNothingFromItsCache() {
        runner.run(context -> {
            Configuration configuration =
                    context.getBean(SqlSessionFactory.class).getConfiguration();
            assertThat(configuration.getObjectFactory()).isInstanceOf(RecordFactory.class);
            assertThat(configuration.getLocalCacheScope()).isEqualTo(LocalCacheScope.STATEMENT);
            assertThat(configuration.isMapUnderscoreToCamelCase()).isTrue();
            assertThat(context).hasSingleBean(Batches.class);
        });
    }
}
