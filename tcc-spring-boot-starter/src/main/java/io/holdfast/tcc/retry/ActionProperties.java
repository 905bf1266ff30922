package io.holdfast.tcc.retry;

import io.holdfast.tcc.PhaseTwoPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * A policy as it is written: {@code holdfast.tcc.actions.<name>.*}, or {@code holdfast.tcc.phase-two.*} for all actions. What is
 * null says nothing. The meanings are those of {@link ActionPolicy}.
 */
record ActionProperties(
        @Nullable Duration initialDelay,
        @Nullable Duration maxDelay,
        @Nullable Duration deadline,
        @Nullable Boolean async,
        @Nullable Duration answerWithin,
        @Nullable Integer concurrency,
        @Nullable Boolean paused) {

    static ActionProperties of(PhaseTwoPolicy annotation) {
        return new ActionProperties(
                duration(annotation.initialDelay()),
                duration(annotation.maxDelay()),
                duration(annotation.deadline()),
                annotation.async() ? Boolean.TRUE : null,
                null,
                null,
                null);
    }

    private static @Nullable Duration duration(String written) {
        return written.isEmpty() ? null : DurationStyle.detectAndParse(written);
    }

    /** What is said here, and the other's word for the rest. */
    ActionPolicy over(ActionPolicy other) {
        return new ActionPolicy(
                initialDelay == null ? other.initialDelay() : initialDelay,
                maxDelay == null ? other.maxDelay() : maxDelay,
                deadline == null ? other.deadline() : deadline,
                async == null ? other.async() : async,
                answerWithin == null ? other.answerWithin() : answerWithin,
                concurrency == null ? other.concurrency() : concurrency,
                paused == null ? other.paused() : paused);
    }
}
