package io.holdfast.systemtest.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.stack.Stack;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Every command of the READMEs does what they say. Last of all, because the last command stops the platform. */
@OnThePlatform
@Order(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReadmeIT {

    /** Each with the test that runs it; they take minutes, or would begin anew what runs this test. */
    private static final Map<String, String> RUN_BY_OTHERS = Map.of(
            "./mvnw verify", "this run",
            "deploy/bench --once", "BenchmarkIT, as it stands",
            "deploy/bench", "BenchmarkIT",
            "deploy/seckill", "as it stands in its block",
            "deploy/demo-confirm-failure", "ConfirmFailureDemoIT");

    private static final List<String> STOPPING = List.of("deploy/down", "deploy/down --erase");

    private final Platform platform;
    private final Stack stack;

    @TempDir
    private Path scratch;

    private Terminal terminal;

    ReadmeIT(Platform platform, Stack stack) {
        this.platform = platform;
        this.stack = stack;
    }

    @BeforeEach
    void openATerminal() {
        terminal = new Terminal(stack, stack.runFolder(), scratch);
    }

    @Test
    @Order(1)
    void bothReadmesGiveTheSameCommandsAndNoneBearsADateThatPasses() {
        assertThat(Readme.chinese().blocksWithoutComments())
                .isEqualTo(Readme.english().blocksWithoutComments());
        assertThat(Readme.chinese().commandsInText())
                .containsExactlyElementsOf(Readme.english().commandsInText());
        assertThat(Readme.chinese().addresses())
                .containsExactlyElementsOf(Readme.english().addresses());
        assertThat(Readme.english().blocks()).noneMatch(block -> block.matches("(?s).*\\b20\\d\\d-\\d\\d.*"));
    }

    @Test
    @Order(2)
    void whatStandsInBlocksWorksAsItStandsInTheOrderInWhichItStands() throws Exception {
        StringBuilder printed = new StringBuilder();
        for (String block : Readme.english().blocksWithoutComments()) {
            printed.append(terminal.run(withoutWhatOthersRun(block)));
        }

        assertThat(printed)
                .as("of the demonstration, of deploy/status and of the crowd")
                .contains("PAID", "order-svc", "MiB in all", "PASS")
                .doesNotContain("FAIL");
        assertThat(terminal.answers().stream().filter(answer -> answer.contains("\"orderId\"")))
                .as("the order and the one in the flash sale")
                .hasSize(2)
                .allMatch(answer -> answer.contains("\"status\":\"PAID\""), "is PAID");
        assertThat(terminal.answers()).anyMatch(answer -> answer.contains("\"saleId\""));
    }

    @Test
    @Order(3)
    void whatStandsInTheTextWorksToo() throws Exception {
        List<String> commands = Readme.english().commandsInText();
        assertThat(commands).containsAll(STOPPING);
        StringBuilder script = new StringBuilder("operator=\"Authorization: Bearer $(deploy/token --operator)\"\n");
        commands.stream()
                .filter(command -> !RUN_BY_OTHERS.containsKey(command) && !STOPPING.contains(command))
                .forEach(command -> script.append(command).append('\n'));
        Readme.english().addresses().forEach(address -> script.append("curl -sL -o /dev/null -H \"$operator\" ")
                .append(address)
                .append('\n'));

        terminal.run(script.toString());
    }

    @Test
    @Order(4)
    void whatWasStartedIsStoppedAndItsDataDeleted() throws Exception {
        platform.stoppedOnPurpose();

        terminal.run("deploy/down");

        assertThat(stack.parts()).noneMatch(Part::isRunning);
        // The logs of this run are still needed if another test has failed.
        Path copy = Files.createDirectory(scratch.resolve("copy"));
        for (String name : List.of("stack.json", "secrets")) {
            Files.copy(stack.runFolder().resolve(name), copy.resolve(name));
        }
        new Terminal(stack, copy, scratch).run("deploy/down --erase");
        assertThat(copy.resolve("secrets")).doesNotExist();
    }

    private static String withoutWhatOthersRun(String block) throws IOException {
        return block.lines()
                .filter(line -> !RUN_BY_OTHERS.containsKey(line.strip()))
                .reduce("", (all, line) -> all + line + "\n");
    }
}
