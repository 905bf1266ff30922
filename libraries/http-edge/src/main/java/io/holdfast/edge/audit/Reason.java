package io.holdfast.edge.audit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Why an operator does something, as given in the header {@value #HEADER}.
 *
 * <p>A header is bytes, and the server gives each byte as one character. Nearly everybody means UTF-8, some percent-encode it, and some
 * send Latin-1: whatever is not UTF-8 is taken as that. A {@code %} that does not begin an encoded byte, or bytes that are no text, is a
 * percent sign: {@code 100% sure} is meant as it stands.
 *
 * @param text 1 to {@value #MAX_LENGTH} characters, no blank and no control character among the first and last ones, one line
 */
record Reason(String text) {

    static final String HEADER = "X-Reason";
    static final int MAX_LENGTH = 200;

    private static final int PERCENT = '%';
    private static final int HEX_DIGITS = 2;

    /** @throws IllegalArgumentException if nobody could read it, or somebody could be misled by it; with what is wrong */
    static Reason of(String header) {
        String text = decoded(header).strip();
        if (text.codePoints().allMatch(Reason::isBlank)) {
            throw new IllegalArgumentException("must not be blank");
        }
        if (text.codePointCount(0, text.length()) > MAX_LENGTH) {
            throw new IllegalArgumentException("must have " + MAX_LENGTH + " characters at most");
        }
        if (!text.codePoints().allMatch(Reason::isReadable)) {
            throw new IllegalArgumentException(
                    "must have no line breaks, control characters or characters that are not assigned");
        }
        return new Reason(text);
    }

    /** The text that was meant by a header's value, whose characters are bytes. */
    static String decoded(String header) {
        if (header.chars().anyMatch(c -> c > 0xff)) {
            // Not of a server that gives bytes.
            return header;
        }
        byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
        return percentDecoded(bytes).flatMap(Reason::utf8).or(() -> utf8(bytes)).orElse(header);
    }

    /** Empty if a percent sign does not begin an encoded byte: then none does. */
    private static Optional<byte[]> percentDecoded(byte[] bytes) {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != PERCENT) {
                decoded.write(bytes[i]);
                continue;
            }
            if (i + HEX_DIGITS >= bytes.length
                    || !HexFormat.isHexDigit(bytes[i + 1])
                    || !HexFormat.isHexDigit(bytes[i + HEX_DIGITS])) {
                return Optional.empty();
            }
            decoded.write(HexFormat.fromHexDigit(bytes[i + 1]) << 4 | HexFormat.fromHexDigit(bytes[i + HEX_DIGITS]));
            i += HEX_DIGITS;
        }
        return Optional.of(decoded.toByteArray());
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean isBlank(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.getType(c) == Character.FORMAT;
    }

    /** Overrides of the direction of writing are not: what they enclose is shown as something else than it is. */
    private static boolean isReadable(int c) {
        boolean turnsText = c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
        return !turnsText
                && switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SURROGATE,
                            Character.UNASSIGNED -> false;
                    default -> true;
                };
    }
}
