package io.holdfast.tcc.fence;

import io.holdfast.tcc.sql.testdatabase.OnlyWithMySql;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;

@OnlyWithMySql
class MySqlScheduleTest extends ScheduleAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.mysql();
    }
}
