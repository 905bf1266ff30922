package io.holdfast.edge.access;

/**
 * Which values of headers the firewall lets through: those that Spring Security's own lets through, characters that are assigned and
 * no control characters but the tab. Its regular expression is matched anew, over a whole token, each time that a header is asked for.
 */
final class HeaderValues {

    private HeaderValues() {}

    static boolean areAllowed(String value) {
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
