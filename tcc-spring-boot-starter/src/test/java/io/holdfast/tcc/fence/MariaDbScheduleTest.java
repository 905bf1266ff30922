package io.holdfast.tcc.fence;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class MariaDbScheduleTest extends ScheduleAcceptance {

    @Override
    TestDatabase database() {
        return TestDatabase.mariaDb();
    }
}
