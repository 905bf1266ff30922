package io.holdfast.tcc.retry;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

/** Which database cases run on. */
interface OnDatabase {

    TestDatabase database();

    interface MariaDb extends OnDatabase {
        @Override
        default TestDatabase database() {
            return TestDatabase.mariaDb();
        }
    }

    interface MySql extends OnDatabase {
        @Override
        default TestDatabase database() {
            return TestDatabase.mysql();
        }
    }

    interface Postgres extends OnDatabase {
        @Override
        default TestDatabase database() {
            return TestDatabase.postgres();
        }
    }
}
