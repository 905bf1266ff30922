package io.holdfast.order.model;

/** Where the ids of new orders come from: from time and chance, or in tests from a list. */
@FunctionalInterface
public interface OrderIds {

    OrderId next();
}
