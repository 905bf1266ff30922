package io.holdfast.tcc.retry;

import org.junit.jupiter.api.Nested;

/** What the schedule of phase two promises, on MariaDB. */
class MariaDbRetryTest {

    @Nested
    class Attempts extends AttemptCases implements OnDatabase.MariaDb {}

    @Nested
    class Coordinator extends CoordinatorCases implements OnDatabase.MariaDb {}

    @Nested
    class Instances extends InstanceCases implements OnDatabase.MariaDb {}

    @Nested
    class Stuck_branches extends StuckBranchCases implements OnDatabase.MariaDb {}

    @Nested
    class Give_up extends GiveUpCases implements OnDatabase.MariaDb {}

    @Nested
    class Live_policies extends LivePolicyCases implements OnDatabase.MariaDb {}

    @Nested
    class Operators extends OperatorCases implements OnDatabase.MariaDb {}

    @Nested
    class Asynchronous_confirms extends AsyncConfirmCases implements OnDatabase.MariaDb {}

    @Nested
    class Schemas extends SchemaCases implements OnDatabase.MariaDb {}

    @Nested
    class Orphans extends OrphanCases implements OnDatabase.MariaDb {}

    @Nested
    class One_thread extends OneThreadCases implements OnDatabase.MariaDb {}
}
