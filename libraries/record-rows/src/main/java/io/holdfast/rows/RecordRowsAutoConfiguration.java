package io.holdfast.rows;

import com.baomidou.mybatisplus.autoconfigure.ConfigurationCustomizer;
import org.apache.ibatis.session.LocalCacheScope;
import org.apache.ibatis.session.SqlSessionFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Sets MyBatis up for every service that has this on its class path. */
@AutoConfiguration
public class RecordRowsAutoConfiguration {

    @Bean
    Batches batches(SqlSessionFactory sessions) {
        return new Batches(sessions);
    }

    @Bean
    ConfigurationCustomizer recordRows() {
        return configuration -> {
            configuration.setObjectFactory(new RecordFactory());
            configuration.setArgNameBasedConstructorAutoMapping(true);
            configuration.setMapUnderscoreToCamelCase(true);
            // A second read in a transaction has to see what was changed in between through another session.
            configuration.setLocalCacheScope(LocalCacheScope.STATEMENT);
        };
    }
}
