package io.holdfast.tcc.retry;

import org.junit.jupiter.api.Nested;

/** What the fence promises, on MariaDB. */
class MariaDbFenceTest {

    @Nested
    class Try extends TryCases implements OnDatabase.MariaDb {}

    @Nested
    class Confirm extends ConfirmCases implements OnDatabase.MariaDb {}

    @Nested
    class Confirm_in_two_steps extends TwoStepConfirmCases implements OnDatabase.MariaDb {}

    @Nested
    class Cancel extends CancelCases implements OnDatabase.MariaDb {}

    @Nested
    class Whole_branch extends WholeBranchCases implements OnDatabase.MariaDb {}

    @Nested
    class When_operations_meet extends MeetingOperationsCases implements OnDatabase.MariaDb {}

    @Nested
    class Cleaner extends CleanerCases implements OnDatabase.MariaDb {}
}
