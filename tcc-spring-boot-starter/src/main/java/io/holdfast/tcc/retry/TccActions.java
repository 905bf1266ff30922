package io.holdfast.tcc.retry;

import java.util.Optional;
import java.util.Set;

/** The actions of this service. A branch of an action that is not among them is left to instances that know it. */
public interface TccActions {

    Set<String> names();

    Optional<TccAction> find(String name);
}
