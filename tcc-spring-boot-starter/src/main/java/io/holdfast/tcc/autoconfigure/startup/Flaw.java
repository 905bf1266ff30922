package io.holdfast.tcc.autoconfigure.startup;

/**
 * Something that a team has declared and that cannot work.
 *
 * @param where the action, the bean or the setting
 * @param what why it cannot work
 * @param mend what to do about it
 */
public record Flaw(String where, String what, String mend) {

    @Override
    public String toString() {
        return where + ": " + what + ". " + mend + ".";
    }
}
