package io.holdfast.order.placing;

import io.holdfast.order.model.InvalidValueException;
import io.holdfast.order.model.OrderLimits;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.stereotype.Component;

/**
 * Settings {@code holdfast.order.limits.*} as they are now.
 *
 * <p>They are bound here and not as a {@code @ConfigurationProperties} bean, because a record cannot be re-bound in place, and
 * because half a change must never be seen: an order is checked against one whole record. A new value that makes no sense is
 * refused and said so; the last good ones stay in force.
 */
@Component
public class LiveOrderLimits {

    private static final Logger log = LoggerFactory.getLogger(LiveOrderLimits.class);
    private static final String PREFIX = "holdfast.order.limits";

    private final ConfigurableEnvironment environment;
    private final AtomicReference<OrderLimits> current;

    LiveOrderLimits(ConfigurableEnvironment environment) {
        this.environment = environment;
        this.current = new AtomicReference<>(read());
    }

    /** The limits that the next order has to obey. */
    public OrderLimits now() {
        return current.get();
    }

    @EventListener
    void on(EnvironmentChangeEvent change) {
        if (change.getKeys().stream().noneMatch(key -> key.startsWith(PREFIX))) {
            return;
        }
        try {
            OrderLimits next = read();
            OrderLimits previous = current.getAndSet(next);
            log.info("Limits of an order: {}, before {}", next, previous);
        } catch (BindException | InvalidValueException e) {
            log.error("The new settings {}.* are refused, {} stay in force: {}", PREFIX, current.get(), reasonOf(e));
        }
    }

    private OrderLimits read() {
        return Binder.get(environment).bindOrCreate(PREFIX, Setting.class).toLimits();
    }

    private static String reasonOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    /** The limits as they are written, with their defaults. */
    record Setting(
            @DefaultValue("200") int maxLines,
            @DefaultValue("100") int maxQuantityPerOrder) {

        OrderLimits toLimits() {
            return new OrderLimits(maxLines, maxQuantityPerOrder);
        }
    }
}
