package io.holdfast.tcc.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings {@code holdfast.tcc.fence.*} for a service with several databases. They are read before there are beans; here they stand to
 * be known to tools.
 *
 * @param dataSource name of the bean that has the tables of the actions, and {@code tcc_fence_log} beside them; needed if there are
 *     several data sources and none of them is primary
 * @param transactionManager name of the bean that is the transaction manager of that data source; needed if it has several
 */
@ConfigurationProperties("holdfast.tcc.fence")
public record FenceDatabaseProperties(
        @Nullable String dataSource, @Nullable String transactionManager) {}
