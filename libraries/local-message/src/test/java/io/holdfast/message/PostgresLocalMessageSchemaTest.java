package io.holdfast.message;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class PostgresLocalMessageSchemaTest extends LocalMessageSchemaAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.postgres();
    }
}
