package io.holdfast.order.sale;

import java.util.UUID;

/**
 * Identifies this process among those that take slots. Of two with the same name at most one is alive: the other one used the same port
 * of the same host before.
 */
record InstanceId(String name, String incarnation) {

    static InstanceId of(String host, int port) {
        String incarnation = UUID.randomUUID().toString().substring(0, 8);
        // A random port gives no name that a later process could have again.
        return new InstanceId(port == 0 ? incarnation : host + "_" + port, incarnation);
    }

    /** Whether a slot belongs to a dead process that this one has replaced. */
    boolean succeeds(String other) {
        return other.startsWith(name + "#") && !other.equals(toString());
    }

    @Override
    public String toString() {
        return name + "#" + incarnation;
    }
}
