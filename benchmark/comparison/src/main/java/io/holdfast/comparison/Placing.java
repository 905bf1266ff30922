package io.holdfast.comparison;

/** One way to place an order. */
public interface Placing {

    /** By which it is called: {@code POST /<way>/orders}. Its accounts begin with it, so that its books can be told apart. */
    String way();

    /** Returns when the order is PAID, or is certain to be; any exception means that it was given up or refused. */
    void place(Order order);
}
