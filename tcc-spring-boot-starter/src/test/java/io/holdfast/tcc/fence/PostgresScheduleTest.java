package io.holdfast.tcc.fence;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class PostgresScheduleTest extends ScheduleAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.postgres();
    }
}
