package io.holdfast.reconciliation;

import java.time.Duration;

/** How long healthy work takes, so that what is younger is not examined: property {@code holdfast.reconciliation.grace}. */
public record Grace(Duration time) {}
