/**
 * Real databases for tests, also for those of other modules (test-jar): MariaDB, PostgreSQL and, with {@code -Pmysql}, MySQL.
 * Their binaries come from the Maven repository; nothing has to be installed, and everything is kept under {@code target/}.
 */
package io.holdfast.tcc.sql.testdatabase;
