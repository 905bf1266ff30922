package io.holdfast.reconciliation;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class PostgresReconcilerTest extends ReconcilerAcceptance {

    PostgresReconcilerTest() {
        super(TestDatabase.postgres().newSchema("reconciliation"));
    }
}
