package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.FenceProperties.Isolation;
import io.holdfast.tcc.sql.testdatabase.OnlyWithMySql;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;

@OnlyWithMySql
class MySqlFenceStressTest extends FenceStressAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.mysql();
    }

    @Override
    boolean failsToSerialize(Isolation isolation) {
        return false;
    }
}
