package io.holdfast.reconciliation;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class MariaDbReconcilerTest extends ReconcilerAcceptance {

    MariaDbReconcilerTest() {
        super(TestDatabase.mariaDb().newSchema("reconciliation"));
    }
}
