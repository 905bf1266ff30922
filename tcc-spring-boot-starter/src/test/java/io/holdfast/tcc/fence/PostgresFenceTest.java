package io.holdfast.tcc.fence;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class PostgresFenceTest extends FenceAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.postgres();
    }
}
