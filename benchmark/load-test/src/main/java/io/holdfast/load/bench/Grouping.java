package io.holdfast.load.bench;

/** Whether orders that wait at the same time share a global transaction while a variant is measured. */
enum Grouping {
    ON,
    OFF,
    /** The variant places no orders by the platform's own way. */
    EITHER
}
