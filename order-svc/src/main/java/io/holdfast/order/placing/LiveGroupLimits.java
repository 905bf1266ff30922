package io.holdfast.order.placing;

import io.holdfast.order.model.InvalidValueException;
import java.time.Duration;
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
 * Settings {@code holdfast.order.grouping.*} as they are now. As with the limits of an order, a change is seen whole, and one
 * that makes no sense is refused and said so; the last good ones stay in force.
 */
@Component
class LiveGroupLimits {

    private static final Logger log = LoggerFactory.getLogger(LiveGroupLimits.class);
    private static final String PREFIX = "holdfast.order.grouping";

    private final ConfigurableEnvironment environment;
    private final AtomicReference<GroupLimits> current;

    LiveGroupLimits(ConfigurableEnvironment environment) {
        this.environment = environment;
        this.current = new AtomicReference<>(read());
    }

    /** What the next order and the next group have to obey. */
    GroupLimits now() {
        return current.get();
    }

    @EventListener
    void on(EnvironmentChangeEvent change) {
        if (change.getKeys().stream().noneMatch(key -> key.startsWith(PREFIX))) {
            return;
        }
        try {
            GroupLimits next = read();
            GroupLimits previous = current.getAndSet(next);
            log.info("Grouping of orders: {}, before {}", next, previous);
        } catch (BindException | InvalidValueException e) {
            log.error("The new settings {}.* are refused, {} stay in force: {}", PREFIX, current.get(), reasonOf(e));
        }
    }

    private GroupLimits read() {
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
            @DefaultValue("true") boolean enabled,
            @DefaultValue("200") int maxOrders,
            @DefaultValue("2000") int maxLines,
            @DefaultValue("2") int inFlight,
            @DefaultValue("200") int maxWaiting,
            @DefaultValue("25") int buyerShare,
            @DefaultValue("20s") Duration patience,
            @DefaultValue("8s") Duration againWithin) {

        GroupLimits toLimits() {
            return new GroupLimits(
                    enabled, maxOrders, maxLines, inFlight, maxWaiting, buyerShare, patience, againWithin);
        }
    }
}
