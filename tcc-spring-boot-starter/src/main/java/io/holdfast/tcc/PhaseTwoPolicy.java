package io.holdfast.tcc;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What an action's team knows best about its second phase. Put on the class of the action; all that is left out comes from
 * {@code holdfast.tcc.phase-two.*}, and settings {@code holdfast.tcc.actions.<name>.*} win over it, also while the service runs.
 *
 * <p>Durations are written as in settings: {@code 200ms}, {@code 2m}, {@code 24h}.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface PhaseTwoPolicy {

    /** The most that is waited after the first failure; it doubles with each further one. */
    String initialDelay() default "";

    /** Where the doubling ends. */
    String maxDelay() default "";

    /** How long after the decision a Confirm is given up, and all that cannot be given up is parked. */
    String deadline() default "";

    /** Whether a first Confirm runs outside the coordinator's call. For Confirms that wait for somebody else. */
    boolean async() default false;
}
