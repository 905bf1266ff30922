package io.holdfast.tcc.sql;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;

class MariaDbScriptsTest extends MySqlFamilyScriptsTest {

    @Override
    TestDatabase database() {
        return TestDatabase.mariaDb();
    }
}
