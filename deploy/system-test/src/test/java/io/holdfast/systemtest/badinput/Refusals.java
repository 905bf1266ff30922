package io.holdfast.systemtest.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.systemtest.platform.Answer;
import java.util.List;
import java.util.regex.Pattern;

/** What every refusal has to look like, whatever was wrong. */
final class Refusals {

    /** What must never leave a service: statements, class names, frames of a stack. */
    private static final List<Pattern> SECRETS = List.of(
            Pattern.compile("(?i)\\b(select|insert into|update|delete from)\\b.+\\b(from|values|set|where)\\b"),
            Pattern.compile("(?i)SQLSTATE|SQLSyntax|jdbc:|mybatis|constraint `|duplicate entry"),
            Pattern.compile("\\b(java|javax|jakarta|org|com|io|tools|feign)\\.[a-z]+\\.[A-Za-z.]+"),
            Pattern.compile("\\b[A-Z][A-Za-z]+(Exception|Error)\\b"),
            Pattern.compile("\\bat [\\w.$]+\\("));

    private Refusals() {}

    /** A problem as RFC 9457 has it, with our code and trace id, and with nothing from inside. */
    static void assertProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.contentType()).as("%s", answer).startsWith("application/problem+json");
        assertThat(answer.code()).as("%s", answer).isEqualTo(code);
        assertThat(answer.body().path("status").asInt()).isEqualTo(status);
        assertThat(answer.body().path("type").asString()).isEqualTo("urn:holdfast:problem:" + code);
        assertThat(answer.body().path("title").asString("")).isNotBlank();
        assertThat(answer.body().path("traceId").asString("")).matches("[0-9a-f]{32}");
        assertThat(SECRETS)
                .as("patterns of what must not be told, found in %s", answer.text())
                .noneMatch(secret -> secret.matcher(answer.text()).find());
    }
}
