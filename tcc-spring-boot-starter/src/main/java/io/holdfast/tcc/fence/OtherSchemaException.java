package io.holdfast.tcc.fence;

/**
 * Phase two came for a branch that was tried on another schema. Nothing was looked at and nothing changed; the coordinator asks
 * again, and may then reach an instance that works on that schema.
 */
public final class OtherSchemaException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    OtherSchemaException(String action, BranchKey key, String own, String other) {
        super("%s was tried on schema %s, and this service works on schema %s, %s".formatted(action, other, own, key));
    }

    /** The coordinator may ask once a second for days, and Seata logs what it gets: where it comes from is known. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
