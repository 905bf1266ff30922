package io.holdfast.tcc.retry;

import org.junit.jupiter.api.Nested;

/** What the schedule of phase two promises, on PostgreSQL. */
class PostgresRetryTest {

    @Nested
    class Attempts extends AttemptCases implements OnDatabase.Postgres {}

    @Nested
    class Coordinator extends CoordinatorCases implements OnDatabase.Postgres {}

    @Nested
    class Instances extends InstanceCases implements OnDatabase.Postgres {}

    @Nested
    class Stuck_branches extends StuckBranchCases implements OnDatabase.Postgres {}

    @Nested
    class Give_up extends GiveUpCases implements OnDatabase.Postgres {}

    @Nested
    class Live_policies extends LivePolicyCases implements OnDatabase.Postgres {}

    @Nested
    class Operators extends OperatorCases implements OnDatabase.Postgres {}

    @Nested
    class Asynchronous_confirms extends AsyncConfirmCases implements OnDatabase.Postgres {}

    @Nested
    class Schemas extends SchemaCases implements OnDatabase.Postgres {}

    @Nested
    class Orphans extends OrphanCases implements OnDatabase.Postgres {}

    @Nested
    class One_thread extends OneThreadCases implements OnDatabase.Postgres {}
}
