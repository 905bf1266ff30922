package io.holdfast.reconciliation;

import org.jspecify.annotations.Nullable;

/**
 * Something that violates the invariant of a check.
 *
 * @param subject what it is about, such as an order id; a check has one finding for each. ASCII, up to 190 characters
 * @param detail what is wrong with it, for people; cut at 1,000 characters
 * @param repair how it can be set right without any doubt; null if that is for people to do. Carried out once, after the finding was
 *     seen twice, with no transaction open; it has to do no harm when it is carried out again after a crash
 */
public record Finding(
        String subject, String detail, @Nullable Repair repair) {

    static final int MAX_SUBJECT = 190;
    private static final int MAX_DETAIL = 1_000;

    public Finding {
        if (subject.isBlank() || subject.length() > MAX_SUBJECT) {
            throw new IllegalArgumentException("A subject has 1 to " + MAX_SUBJECT + " characters: " + subject);
        }
        detail = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL);
    }

    public Finding(String subject, String detail) {
        this(subject, detail, null);
    }

    /** Sets a finding right. */
    @FunctionalInterface
    public interface Repair {

        /** @return what was done, for people */
        String carryOut();
    }
}
