package io.holdfast.tcc.retry;

import io.holdfast.tcc.sql.testdatabase.OnlyWithMySql;
import org.junit.jupiter.api.Nested;

/** What the schedule of phase two promises, on MySQL. */
@OnlyWithMySql
class MySqlRetryTest {

    @Nested
    class Attempts extends AttemptCases implements OnDatabase.MySql {}

    @Nested
    class Coordinator extends CoordinatorCases implements OnDatabase.MySql {}

    @Nested
    class Instances extends InstanceCases implements OnDatabase.MySql {}

    @Nested
    class Stuck_branches extends StuckBranchCases implements OnDatabase.MySql {}

    @Nested
    class Give_up extends GiveUpCases implements OnDatabase.MySql {}

    @Nested
    class Live_policies extends LivePolicyCases implements OnDatabase.MySql {}

    @Nested
    class Operators extends OperatorCases implements OnDatabase.MySql {}

    @Nested
    class Asynchronous_confirms extends AsyncConfirmCases implements OnDatabase.MySql {}

    @Nested
    class Schemas extends SchemaCases implements OnDatabase.MySql {}

    @Nested
    class Orphans extends OrphanCases implements OnDatabase.MySql {}

    @Nested
    class One_thread extends OneThreadCases implements OnDatabase.MySql {}
}
