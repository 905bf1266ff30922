package io.holdfast.tcc.fence;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class MariaDbFenceTest extends FenceAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.mariaDb();
    }
}
