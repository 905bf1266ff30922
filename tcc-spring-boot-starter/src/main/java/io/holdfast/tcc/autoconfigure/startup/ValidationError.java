package io.holdfast.tcc.autoconfigure.startup;

/**
 * Something that a team has declared and that cannot work.
 *
 * @param where the action, the bean or the setting
 * @param what why it cannot work
 * @param remedy what to do about it
 */
public record ValidationError(String where, String what, String remedy) {

    @Override
    public String toString() {
        return where + ": " + what + ". " + remedy + ".";
    }
}
