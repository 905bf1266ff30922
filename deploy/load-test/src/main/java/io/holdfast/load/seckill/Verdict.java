package io.holdfast.load.seckill;

import io.holdfast.localstack.Table;
import java.util.ArrayList;
import java.util.List;

/** Whether a sale was right, line by line. */
final class Verdict {

    /**
     * One thing that has to be so.
     *
     * @param expected what it has to be
     * @param actual what it is
     */
    record Line(String what, String expected, String actual, boolean passes) {}

    private final List<Line> lines = new ArrayList<>();

    /**
     * @param crowd who came
     * @param price of a piece
     * @param deposit that each buyer had
     * @param outcome what the databases say
     * @param answers what the buyers were told
     */
    Verdict(Crowd crowd, long price, long deposit, Outcome outcome, Answers answers) {
        equal("orders PAID", crowd.winners(), outcome.paid());
        equal("pieces oversold", 0, Math.max(0, outcome.paidPieces() - crowd.stock()));
        equal("pieces undersold", 0, Math.max(0, crowd.winners() - outcome.paidPieces()));
        equal("buyers with more than one piece", 0, outcome.buyersWithMoreThanOne());
        equal("orders that are undecided", 0, outcome.undecided());

        Outcome.Accounts money = outcome.accounts();
        equal("money deposited", deposit * crowd.buyers(), money.deposited());
        equal("money: balance + frozen + spent", money.deposited(), money.balance() + money.frozen() + money.spent());
        equal("money frozen", 0, money.frozen());
        equal("money spent = orders PAID x price", outcome.paid() * price, money.spent());

        Outcome.Stock pieces = outcome.stock();
        equal("pieces received", crowd.stock(), pieces.received());
        equal(
                "pieces: available + reserved + sold",
                pieces.received(),
                pieces.available() + pieces.reserved() + pieces.sold());
        equal("pieces reserved", 0, pieces.reserved());
        equal("pieces sold = pieces of orders PAID", outcome.paidPieces(), pieces.sold());

        equal("arrivals that were noted", crowd.arrivals(), answers.all());
        equal("arrivals without an answer", 0, answers.count(Ending.NOT_SERVED));
        equal("refused for another reason", 0, answers.count(Ending.REFUSED));
        long promised = answers.count(Ending.PAID) + answers.count(Ending.CONFIRMING);
        // An answer may be lost on its way, a promise may not.
        line("orders that buyers were promised", "at most " + outcome.paid(), promised, promised <= outcome.paid());
    }

    List<Line> lines() {
        return List.copyOf(lines);
    }

    boolean passes() {
        return lines.stream().allMatch(Line::passes);
    }

    List<String> table() {
        Table table = new Table("", "expected", "actual", "");
        lines.forEach(line -> table.row(line.what(), line.expected(), line.actual(), line.passes() ? "PASS" : "FAIL"));
        return table.lines("  ");
    }

    private void equal(String what, long expected, long actual) {
        line(what, Long.toString(expected), actual, expected == actual);
    }

    private void line(String what, String expected, long actual, boolean passes) {
        lines.add(new Line(what, expected, Long.toString(actual), passes));
    }
}
