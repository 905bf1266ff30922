package io.holdfast.gateway.behaviour;

/** The ways to misbehave. */
enum Kind {
    /** The effect is committed at once and the answer comes after a delay. */
    LATE(Needs.DELAY),
    /** The effect is committed, then the caller is kept waiting and the connection closed without an answer. */
    EFFECT_THEN_TIMEOUT(Needs.DELAY),
    /** Fails with a status 5xx, without effect. */
    FAIL_BEFORE(Needs.STATUS),
    /** Fails with a status 5xx after the effect is committed. */
    FAIL_AFTER(Needs.STATUS),
    /** The issuer declines: a definite refusal, without effect. */
    DECLINE(Needs.NOTHING),
    /** The connection is closed at once: no effect and no answer. */
    UNREACHABLE(Needs.NOTHING);

    enum Needs {
        DELAY,
        STATUS,
        NOTHING
    }

    private final Needs needs;

    Kind(Needs needs) {
        this.needs = needs;
    }

    Needs needs() {
        return needs;
    }
}
