package io.holdfast.migrations;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class MariaDbLibraryMigrationsTest extends LibraryMigrationsAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.mariaDb();
    }
}
