package io.holdfast.order.sale;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.model.SaleTerms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** The flash sale of the READMEs can be made on the day on which somebody reads them. */
class ReadmeSaleTest {

    private static final Pattern COMMAND = Pattern.compile("(?m)^curl [^\n]*/sales \\\\\n[^\n]*\n[^\n]*$");

    @TempDir
    private Path scratch;

    @ParameterizedTest
    @CsvSource({"README.md, 0", "README.zh-CN.md, 0", "README.md, 366", "README.zh-CN.md, 366", "README.md, 3660"})
    void theSaleOfTheReadmeIsOpenWhenItIsMade(String readme, int daysFromNow) throws Exception {
        Instant now = Instant.now().plus(Duration.ofDays(daysFromNow)).truncatedTo(ChronoUnit.SECONDS);
        Matcher command = COMMAND.matcher(Files.readString(Path.of("..", readme)));
        assertThat(command.find()).as("the command that makes a sale").isTrue();

        SaleTerms terms = JsonMapper.shared()
                .readValue(bodyOf(command.group(), now), MakeSaleRequest.class)
                .terms();

        assertThat(terms.opensAt()).isEqualTo(now);
        assertThat(terms.closesAt()).isAfter(now);
    }

    /** What the command would send, by a clock that shows that time. */
    private String bodyOf(String command, Instant now) throws Exception {
        Path script = Files.writeString(scratch.resolve("script.sh"), """
                date() { if [[ $2 == -d ]]; then command date -u -d "%1$s $3" "$4"; else command date -u -d "%1$s" "$2"; fi; }
                curl() { while [[ $1 != -d ]]; do shift; done; printf '%%s' "$2"; }
                operator=
                %2$s
                """.formatted(now, command));
        Path output = scratch.resolve("output");
        Process bash = new ProcessBuilder("bash", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(bash.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }
}
