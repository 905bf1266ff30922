package io.holdfast.order.admission;

/**
 * What Redis keeps of one admission.
 *
 * @param since in milliseconds since 1970; 0 if it was added from the database
 */
record Slot(int pieces, long since, String instance) {

    /** What stands for the key of an order that holds nothing. */
    static final String NOTHING = "0:0:-";

    static Slot parse(String value) {
        String[] parts = value.split(":", 3);
        return new Slot(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), parts[2]);
    }
}
