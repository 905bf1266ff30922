package io.holdfast.tcc.sql.testdatabase;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A test that needs {@link TestDatabase#mysql()}: skipped, and said so, unless the Maven profile {@code mysql} is on. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(
        named = MySqlDistribution.ARCHIVE,
        matches = ".+",
        disabledReason = "MySQL is tested with the Maven profile mysql (-Pmysql)")
public @interface OnlyWithMySql {}
