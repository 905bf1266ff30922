package io.holdfast.message;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class MariaDbLocalMessageSchemaTest extends LocalMessageSchemaAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.mariaDb();
    }
}
