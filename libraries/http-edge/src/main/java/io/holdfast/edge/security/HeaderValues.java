package io.holdfast.edge.security;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Which values of headers the firewall lets through: those that Spring Security's own lets through, characters that are assigned and
 * no control characters but the tab. Its regular expression is matched anew, over a whole token, each time that a header is asked for.
 *
 * <p>A header's bytes come as one character each. Bytes of a text in UTF-8 may look like control characters; what counts is the text.
 */
final class HeaderValues {

    private HeaderValues() {}

    static boolean areAllowed(String value) {
        return isText(value) || isText(asUtf8(value));
    }

    /** The value itself if its bytes are none of UTF-8. */
    private static String asUtf8(String value) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(StandardCharsets.ISO_8859_1.newEncoder().encode(CharBuffer.wrap(value)))
                    .toString();
        } catch (CharacterCodingException e) {
            return value;
        }
    }

    private static boolean isText(String value) {
        for (int i = 0; i < value.length(); ) {
            int c = value.codePointAt(i);
            boolean plain = c >= ' ' && c < 0x7f || c == '\t';
            if (!plain && (!Character.isDefined(c) || Character.isISOControl(c))) {
                return false;
            }
            i += Character.charCount(c);
        }
        return true;
    }
}
