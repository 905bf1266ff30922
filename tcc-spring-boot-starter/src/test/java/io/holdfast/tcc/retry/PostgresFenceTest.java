package io.holdfast.tcc.retry;

import org.junit.jupiter.api.Nested;

/** What the fence promises, on PostgreSQL. */
class PostgresFenceTest {

    @Nested
    class Try extends TryCases implements OnDatabase.Postgres {}

    @Nested
    class Confirm extends ConfirmCases implements OnDatabase.Postgres {}

    @Nested
    class Confirm_in_two_steps extends TwoStepConfirmCases implements OnDatabase.Postgres {}

    @Nested
    class Cancel extends CancelCases implements OnDatabase.Postgres {}

    @Nested
    class Whole_branch extends WholeBranchCases implements OnDatabase.Postgres {}

    @Nested
    class When_operations_meet extends MeetingOperationsCases implements OnDatabase.Postgres {}

    @Nested
    class Cleaner extends CleanerCases implements OnDatabase.Postgres {}
}
