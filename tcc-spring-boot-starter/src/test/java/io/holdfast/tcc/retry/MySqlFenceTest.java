package io.holdfast.tcc.retry;

import io.holdfast.tcc.sql.testdatabase.OnlyWithMySql;
import org.junit.jupiter.api.Nested;

/** What the fence promises, on MySQL. */
@OnlyWithMySql
class MySqlFenceTest {

    @Nested
    class Try extends TryCases implements OnDatabase.MySql {}

    @Nested
    class Confirm extends ConfirmCases implements OnDatabase.MySql {}

    @Nested
    class Confirm_in_two_steps extends TwoStepConfirmCases implements OnDatabase.MySql {}

    @Nested
    class Cancel extends CancelCases implements OnDatabase.MySql {}

    @Nested
    class Whole_branch extends WholeBranchCases implements OnDatabase.MySql {}

    @Nested
    class When_operations_meet extends MeetingOperationsCases implements OnDatabase.MySql {}

    @Nested
    class Cleaner extends CleanerCases implements OnDatabase.MySql {}
}
