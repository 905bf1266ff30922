package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.FenceProperties.Isolation;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class PostgresFenceStressTest extends FenceStressAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.postgres();
    }

    @Override
    boolean failsToSerialize(Isolation isolation) {
        return isolation == Isolation.REPEATABLE_READ;
    }
}
