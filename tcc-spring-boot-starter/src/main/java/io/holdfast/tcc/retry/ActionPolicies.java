package io.holdfast.tcc.retry;

/** Tells the policy of an action as it is at this moment. It is asked anew at every attempt. */
@FunctionalInterface
public interface ActionPolicies {

    ActionPolicy of(String action);
}
