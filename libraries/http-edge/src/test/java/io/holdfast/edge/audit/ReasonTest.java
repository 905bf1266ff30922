package io.holdfast.edge.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReasonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "opening balance",
                "期初余额",
                "Größe",
                "Çà et là",
                "пополнение",
                "🍵 tea",
                "é",
                "a\u00a0b",
                "50 % off"
            })
    void isTakenAsItWasMeantInUtf8(String meant) {
        assertThat(Reason.of(asHeader(meant, StandardCharsets.UTF_8)).text()).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Größe", "é", "Çà et là", "100 £"})
    void isTakenAsItWasMeantInLatin1(String meant) {
        assertThat(Reason.of(asHeader(meant, StandardCharsets.ISO_8859_1)).text())
                .isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            %E6%9C%9F%E5%88%9D%E4%BD%99%E9%A2%9D, 期初余额
            Gr%C3%B6%c3%9fe, Größe
            goods%20in, goods in
            50%25%20off, 50% off
            50%25 off, 50% off
            100% sure, 100% sure
            20% Rabatt, 20% Rabatt
            100%, 100%
            5%ff, 5%ff
            %, %
            %2, %2
            %zz, %zz
            100% %E6%9C%9F, 100% %E6%9C%9F
            a+b, a+b
            %C0%8A, %C0%8A
            """)
    void isDecodedWhereItIsEncodedAndAPercentSignIsOneElsewhere(String header, String meant) {
        assertThat(Reason.of(header).text()).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t ",
                "%20%09",
                "%E3%80%80",
                "%E2%80%8B",
                "a%0Ab",
                "a%0D%0Ab",
                "a%00",
                "a%7Fb",
                "a%C2%85b",
                "a%E2%80%A8b",
                "a%E2%80%AEb",
                "a%EF%BF%BF",
                "a\tb",
                "a\u0085b"
            })
    void isRefusedIfItIsBlankOrNotOneLineOfText(String header) {
        assertThatThrownBy(() -> Reason.of(header)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hasTwoHundredCharactersAtMostHoweverManyBytesTheyTake() {
        assertThat(Reason.of(asHeader("额".repeat(200), StandardCharsets.UTF_8)).text())
                .hasSize(200);
        assertThat(Reason.of(asHeader("🍵".repeat(200), StandardCharsets.UTF_8)).text())
                .hasSize(400);
        assertThatThrownBy(() -> Reason.of("a".repeat(201))).hasMessageContaining("200 characters");
        assertThatThrownBy(() -> Reason.of(asHeader("额".repeat(201), StandardCharsets.UTF_8)))
                .hasMessageContaining("200 characters");
    }

    /** As the server gives it: a character for each byte. */
    private static String asHeader(String text, Charset sentAs) {
        return new String(text.getBytes(sentAs), StandardCharsets.ISO_8859_1);
    }
}
