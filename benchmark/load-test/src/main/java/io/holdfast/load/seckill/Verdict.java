package io.holdfast.load.seckill;

import io.holdfast.load.platform.ReportFolder;
import io.holdfast.localplatform.console.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** Whether a sale was right, check by check. */
final class Verdict {

    static final String TEXT = "verdict.txt";
    static final String DATA = "verdict.json";

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * One thing that has to be so. Programs read these names in {@value #DATA}.
     *
     * @param expected what it has to be; words where it is a bound
     * @param found what it is
     */
    record Check(String name, String expected, String found, boolean pass) {}

    /** What {@value #DATA} holds. */
    private record Document(boolean pass, List<Check> checks) {}

    private final List<Check> checks = new ArrayList<>();

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
        check("orders that buyers were promised", "at most " + outcome.paid(), promised, promised <= outcome.paid());
    }

    List<Check> checks() {
        return List.copyOf(checks);
    }

    boolean passes() {
        return checks.stream().allMatch(Check::pass);
    }

    /** In a word. */
    String word() {
        return word(passes());
    }

    List<String> table() {
        Table table = new Table("", "expected", "found", "");
        checks.forEach(check -> table.row(check.name(), check.expected(), check.found(), word(check.pass())));
        return table.lines("  ");
    }

    /**
     * Keeps it, for people and for programs, in {@value #TEXT} and {@value #DATA}.
     *
     * @param before lines that the text begins with: what else is to be told of this sale
     */
    void write(ReportFolder folder, List<String> before) throws IOException {
        List<String> text = new ArrayList<>(before);
        text.addAll(table());
        text.add("");
        text.add(word());
        Files.write(folder.file(TEXT), text);
        Files.writeString(
                folder.file(DATA),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(new Document(passes(), checks)));
    }

    private static String word(boolean pass) {
        return pass ? "PASS" : "FAIL";
    }

    private void equal(String name, long expected, long found) {
        check(name, Long.toString(expected), found, expected == found);
    }

    private void check(String name, String expected, long found, boolean pass) {
        checks.add(new Check(name, expected, Long.toString(found), pass));
    }
}
