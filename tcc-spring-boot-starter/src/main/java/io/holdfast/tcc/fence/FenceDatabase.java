package io.holdfast.tcc.fence;

import javax.sql.DataSource;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The data source of the fence, which is that of the actions' own tables, and the transaction manager of it.
 *
 * @param name of the bean of the data source
 */
public record FenceDatabase(String name, DataSource dataSource, PlatformTransactionManager transactionManager) {}
