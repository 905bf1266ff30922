package io.holdfast.tcc.operations;

/**
 * What became of a person's word.
 *
 * @param detail for that person
 */
public record OperationResult(Kind kind, String detail) {

    /** Whether it was done, and if not, why. */
    public enum Kind {
        DONE,
        NOT_FOUND,
        /** It is there, in a state in which this cannot be done. */
        NOT_POSSIBLE
    }

    static OperationResult done(String detail) {
        return new OperationResult(Kind.DONE, detail);
    }

    static OperationResult notFound(String detail) {
        return new OperationResult(Kind.NOT_FOUND, detail);
    }

    static OperationResult notPossible(String detail) {
        return new OperationResult(Kind.NOT_POSSIBLE, detail);
    }
}
