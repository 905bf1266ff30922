package io.holdfast.reconciliation;

import org.jspecify.annotations.Nullable;

/**
 * Something that breaks the sentence of a check.
 *
 * @param subject what it is about, such as an order id; one finding of a check for each. ASCII, up to 190 characters
 * @param detail what is wrong with it, for people; cut at 1,000 characters
 * @param mend how it can be set right without any doubt; null if that is for people to do. Carried out once, after the finding was
 *     seen twice, with no transaction open; it has to do no harm when it is carried out again after a crash
 */
public record Finding(
        String subject, String detail, @Nullable Mend mend) {

    static final int MOST_SUBJECT = 190;
    private static final int MOST_DETAIL = 1_000;

    public Finding {
        if (subject.isBlank() || subject.length() > MOST_SUBJECT) {
            throw new IllegalArgumentException("A subject has 1 to " + MOST_SUBJECT + " characters: " + subject);
        }
        detail = detail.length() <= MOST_DETAIL ? detail : detail.substring(0, MOST_DETAIL);
    }

    public Finding(String subject, String detail) {
        this(subject, detail, null);
    }

    /** Sets something right. */
    @FunctionalInterface
    public interface Mend {

        /** @return what was done, for people */
        String carryOut();
    }
}
