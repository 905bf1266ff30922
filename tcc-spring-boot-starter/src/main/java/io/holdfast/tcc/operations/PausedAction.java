package io.holdfast.tcc.operations;

import java.time.Instant;

/** An action of which no attempts are made, in any instance, because a person said so. */
public record PausedAction(String action, Instant since, String who, String reason) {}
