package io.holdfast.tcc.sql.testdatabase;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/** Tests that the build leaves out, instead of skipping them, unless the Maven profile {@code mysql} is on: {@code -Pmysql}. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("mysql")
public @interface OnlyWithMySql {}
