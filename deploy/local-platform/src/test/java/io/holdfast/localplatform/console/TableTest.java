package io.holdfast.localplatform.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

public class TableTest {

    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersStandToTheRight() {
        Table table = new Table("part", "pid", "note").row("a", 7, "x").row("longer", 1234, null);

        assertThat(table.lines("> "))
                .containsExactly(
                        "> part     pid  note", //
                        "> a          7  x",
                        "> longer  1234");
    }

    @Test
    void aColumnWithAWordInItIsNoColumnOfNumbers() {
        assertThat(new Table("n").row(1).row("none").lines("")).containsExactly("n", "1", "none");
    }

    @Test
    void aTableWithoutRowsIsItsHeading() {
        assertThat(new Table("a", "b").lines("")).containsExactly("a  b");
    }

    @Test
    void aRowHasACellForEachColumn() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Table("a", "b").row("only one"));
    }
}
