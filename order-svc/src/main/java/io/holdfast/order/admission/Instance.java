package io.holdfast.order.admission;

import java.util.UUID;

/**
 * This process among those that take slots. Of two of one name at most one lives: the other one has had the same port of the same
 * host before.
 */
record Instance(String name, String incarnation) {

    static Instance of(String host, int port) {
        String incarnation = UUID.randomUUID().toString().substring(0, 8);
        // On a port that is chosen by chance nobody comes back under the same name.
        return new Instance(port == 0 ? incarnation : host + "_" + port, incarnation);
    }

    /** Whether a slot is of a process that had this one's place before and is dead. */
    boolean succeeds(String other) {
        return other.startsWith(name + "#") && !other.equals(toString());
    }

    @Override
    public String toString() {
        return name + "#" + incarnation;
    }
}
