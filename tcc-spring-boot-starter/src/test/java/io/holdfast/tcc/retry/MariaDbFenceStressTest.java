package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.FenceProperties.Isolation;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class MariaDbFenceStressTest extends FenceStressAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.mariaDb();
    }

    @Override
    boolean failsToSerialize(Isolation isolation) {
        return false;
    }
}
