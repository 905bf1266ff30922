package io.holdfast.verifyreport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyReportTest {

    @TempDir
    private Path root;

    private Build build;

    @BeforeEach
    void aProjectOfThreeModules() throws IOException {
        Files.writeString(root.resolve("pom.xml"), """
                <modules><module>quick</module><module>deploy/slow</module><module>silent</module></modules>
                """);
        report("quick", "surefire-reports", "io.holdfast.QuickTest", 3, "0.5");
        report("quick", "surefire-reports", "io.holdfast.AnotherTest", 4, "8.25");
        report("deploy/slow", "surefire-reports", "io.holdfast.SlowTest", 1, "2.0");
        report("deploy/slow", "failsafe-reports", "io.holdfast.SlowIT", 15, "1,234.5");
        build = new Build(root);
    }

    @Test
    void modulesAreComparedWithTheirBudgetsAndClassesAreSortedByTheirTime() throws IOException {
        TimeSpent spent = spent(Map.of("quick", 9, "deploy/slow", 900));

        assertThat(spent.lines())
                .containsSubsequence(
                        "quick                             7       8.8        9",
                        "deploy/slow                      16    1236.5      900  OVER BUDGET");
        assertThat(spent.lines().stream()
                        .filter(line -> line.matches("\\w+ +\\w+(Test|IT) .*"))
                        .map(line -> line.split(" +")[0] + " " + line.split(" +")[1]))
                .containsExactly("slow SlowIT", "quick AnotherTest", "slow SlowTest", "quick QuickTest");
        assertThat(spent.lines()).noneMatch(line -> line.contains("silent"));
        assertThat(spent.modulesOverBudget()).containsExactly("deploy/slow");
    }

    @Test
    void whatAClassDidWithProcessesIsAddedUpAndAFileThatIsMissingIsNoError() throws IOException {
        Files.writeString(root.resolve("deploy/slow/target/process-events.csv"), """
                testClass,event,part,millis,archive
                io.holdfast.SlowIT,start,order-svc,8000,yes
                SlowIT,start,stock-svc,9000,no
                SlowIT,kill,order-svc,10,-
                SlowIT,freeze,kafka,5,-
                SlowIT,wait,lease,1500,-
                SlowIT,wait,deadline,2000,-
                SlowTest,stop,order-svc,700,-

                """);

        assertThat(spent(Map.of()).lines())
                .contains(
                        "slow                  SlowIT                                       15    1234.5       2      0      1        1       3.5",
                        "slow                  SlowTest                                      1       2.0       0      1      0        0       0.0",
                        "23 tests in 4 classes, 1245.3 s; processes: 2 starts (1 from an archive), 1 stops, 1 kills, 1 freezes;"
                                + " waited for timeouts: 3.5 s");
    }

    @Test
    void onlyTheSlowestTwentyClassesAreShown() throws IOException {
        for (int i = 0; i < 30; i++) {
            report("quick", "surefire-reports", "io.holdfast.Number%dTest".formatted(i), 1, "100");
        }

        assertThat(spent(Map.of()).lines()).noneMatch(line -> line.contains("QuickTest"));
    }

    @Test
    void whatIsNoReportIsNotTakenForOne() throws IOException {
        Files.writeString(root.resolve("quick/target/surefire-reports/TEST-x.xml"), "<html/>");

        assertThatThrownBy(() -> build.testClasses()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyModuleWithABudgetIsOneOfTheProject() throws IOException {
        Path project = Path.of("").toAbsolutePath().getParent().getParent();

        assertThat(new Build(project).modules())
                .containsAll(VerifyReport.budgets().keySet());
    }

    private TimeSpent spent(Map<String, Integer> budgets) throws IOException {
        return new TimeSpent(build.modules(), build.testClasses(), build.processEvents(), budgets);
    }

    private void report(String module, String folder, String name, int tests, String time) throws IOException {
        Path reports =
                Files.createDirectories(root.resolve(module).resolve("target").resolve(folder));
        Files.writeString(reports.resolve("TEST-" + name + ".xml"), """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite xmlns:xsi="x" version="3.0.2" name="%s" time="%s" tests="%d" errors="0" skipped="0" failures="0">
                  <testcase name="one" classname="%s" time="99"/>
                </testsuite>
                """.formatted(name, time, tests, name));
    }
}
