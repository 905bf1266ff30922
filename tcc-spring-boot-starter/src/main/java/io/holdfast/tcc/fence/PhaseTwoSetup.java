package io.holdfast.tcc.fence;

import io.holdfast.tcc.retry.ActionPolicies;
import io.holdfast.tcc.retry.RetryProperties;
import java.util.random.RandomGenerator;

/**
 * What the schedule of phase two is made of.
 *
 * @param instance name of this instance, for the rows that it works on; no other instance of the service has the same
 * @param random for the jitter of the delays
 */
public record PhaseTwoSetup(
        String instance,
        RetryProperties settings,
        ActionPolicies policies,
        TccActions actions,
        RandomGenerator random) {}
