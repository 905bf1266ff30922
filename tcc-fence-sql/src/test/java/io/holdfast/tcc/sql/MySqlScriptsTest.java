package io.holdfast.tcc.sql;

import io.holdfast.tcc.sql.testdatabase.OnlyWithMySql;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;

@OnlyWithMySql
class MySqlScriptsTest extends MySqlFamilyScriptsTest {

    @Override
    TestDatabase database() {
        return TestDatabase.mysql();
    }
}
