package io.holdfast.order.reading;

import io.holdfast.order.model.InvalidValueException;
import io.holdfast.order.model.OrderStatus;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A status as it is asked for, and nothing that only looks like it: Spring's own conversion to an enum trims control characters too, and
 * takes what is left of them for no status at all, which would list everything.
 */
record AskedStatus(OrderStatus status) {

    private static final String ALL =
            Arrays.stream(OrderStatus.values()).map(OrderStatus::name).collect(Collectors.joining(", "));

    /** Spring makes parameters by this method. An empty one asks for nothing. */
    public static @Nullable AskedStatus of(String text) {
        if (text.isEmpty()) {
            return null;
        }
        return Arrays.stream(OrderStatus.values())
                .filter(status -> status.name().equals(text))
                .findFirst()
                .map(AskedStatus::new)
                .orElseThrow(() -> new InvalidValueException("must be one of " + ALL));
    }
}
