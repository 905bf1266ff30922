package io.holdfast.edge.problem;

/**
 * One thing that is wrong with a request.
 *
 * @param field where, as the caller wrote it: {@code items[0].sku}, or the name of a parameter or header
 * @param message what, in words for people
 */
public record FieldError(String field, String message) {}
