package io.holdfast.order.model;

/**
 * One thing that is wrong with a request.
 *
 * @param field where, as the caller wrote it: {@code items[0].sku}
 * @param message what, in words that may follow the name of the field
 */
public record ValidationError(String field, String message) {}
