package io.holdfast.migrations;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class PostgresLibraryMigrationsTest extends LibraryMigrationsAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.postgres();
    }
}
