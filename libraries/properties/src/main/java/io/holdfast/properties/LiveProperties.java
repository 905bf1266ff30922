package io.holdfast.properties;

import jakarta.validation.Validation;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.SpringValidatorAdapter;

/**
 * Properties that people change while the service runs. As a bean it follows every change that Spring Cloud announces.
 *
 * <p>{@code @ConfigurationProperties} cannot do this for a record, and changes a class field by field. Here a change is seen whole: each
 * caller works with one value of {@link #current}. A new value that does not bind or is invalid is refused and logged as an error; the
 * last good one stays in force.
 *
 * @param <T> the type that the properties make, best a record that checks itself; the type that is bound may be annotated with {@link
 *     Validated} for Bean Validation
 */
public final class LiveProperties<T> {

    private static final Logger log = LoggerFactory.getLogger(LiveProperties.class);

    private final String name;
    private final Supplier<? extends T> reader;
    private final AtomicReference<T> current;

    /** One refresh at a time, so that the log tells of changes in the order in which they are in force. */
    private final Lock refreshing = new ReentrantLock();

    private LiveProperties(String name, Supplier<? extends T> reader) {
        this.name = name;
        this.reader = reader;
        this.current = new AtomicReference<>(reader.get());
    }

    /**
     * The properties under a prefix.
     *
     * @throws RuntimeException if they are invalid, so that a service with invalid properties does not start
     */
    public static <T> LiveProperties<T> of(ConfigurableEnvironment environment, String prefix, Class<T> type) {
        return of(environment, prefix, type, Function.identity());
    }

    /**
     * The properties under a prefix, for a type that is not to know of properties.
     *
     * @param bound the type that they are bound to, with the defaults
     * @param conversion makes of it the type that is asked for; may throw
     */
    public static <B, T> LiveProperties<T> of(
            ConfigurableEnvironment environment, String prefix, Class<B> bound, Function<B, T> conversion) {
        BindHandler handler =
                bound.isAnnotationPresent(Validated.class) ? BeanValidation.handler() : BindHandler.DEFAULT;
        // A binder for each read: it keeps the property sources that it was made with.
        return new LiveProperties<>(
                prefix,
                () -> conversion.apply(Binder.get(environment).bindOrCreate(prefix, Bindable.of(bound), handler)));
    }

    /**
     * A value that comes from more than one prefix. {@link #refresh} has to be called, because nobody knows which properties it reads.
     *
     * @param name what it is called in the log
     */
    public static <T> LiveProperties<T> reading(String name, Supplier<? extends T> reader) {
        return new LiveProperties<>(name, reader);
    }

    /** The value in force. Read it once for each unit of work. */
    public T current() {
        return current.get();
    }

    /**
     * Reads the properties again.
     *
     * @return whether another value is in force now
     */
    public boolean refresh() {
        refreshing.lock();
        try {
            return readAgain();
        } finally {
            refreshing.unlock();
        }
    }

    private boolean readAgain() {
        T before = current.get();
        try {
            T now = reader.get();
            if (now.equals(before)) {
                return false;
            }
            current.set(now);
            log.info("{}: {}, before {}", name, now, before);
            return true;
        } catch (RuntimeException e) {
            log.error("The new values of {} are refused, {} stay in force: {}", name, before, reasonOf(e));
            return false;
        }
    }

    /** @param keys names of properties that have changed */
    void changed(Collection<String> keys) {
        if (keys.stream().anyMatch(key -> key.startsWith(name))) {
            refresh();
        }
    }

    /** Why a value is invalid: the innermost message, in one line. The ones around it only say what was being bound. */
    public static String reasonOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).replaceAll("\\s*\\R\\s*", "; ");
    }

    /** Apart, because Bean Validation may not be on the class path. */
    private static final class BeanValidation {

        static BindHandler handler() {
            return new ValidationBindHandler(new SpringValidatorAdapter(
                    Validation.buildDefaultValidatorFactory().getValidator()));
        }
    }
}
