package io.holdfast.tcc.schedule;

import io.holdfast.tcc.PhaseTwoPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Policies as the settings are now: {@code holdfast.tcc.actions.<name>.*}, then the action's {@link PhaseTwoPolicy}, then {@code
 * holdfast.tcc.phase-two.*}, then {@link ActionPolicy#DEFAULT}.
 *
 * <p>Action names have dots. Each name is looked up by itself instead of binding a map, so {@code
 * holdfast.tcc.actions.payment.open.deadline} is found, as well as {@code holdfast.tcc.actions[payment.open].deadline}; the
 * brackets are needed only for names with characters that a setting's name cannot have, such as {@code #}.
 *
 * <p>New settings that make no sense are refused and said so; the action's last good ones stay in force.
 */
public final class LiveActionPolicies implements ActionPolicies {

    private static final Logger log = LoggerFactory.getLogger(LiveActionPolicies.class);
    private static final String OF_ALL = "holdfast.tcc.phase-two";
    private static final String OF_ONE = "holdfast.tcc.actions";

    private final ConfigurableEnvironment environment;
    private final Function<String, Optional<PhaseTwoPolicy>> annotations;
    private final Map<String, ActionPolicy> current = new ConcurrentHashMap<>();

    /** @param annotations the annotation of the action with a given name */
    public LiveActionPolicies(
            ConfigurableEnvironment environment, Function<String, Optional<PhaseTwoPolicy>> annotations) {
        this.environment = environment;
        this.annotations = annotations;
    }

    /**
     * @throws RuntimeException if the settings of an action that is asked for the first time make no sense; that happens while
     *     the service starts
     */
    @Override
    public ActionPolicy of(String action) {
        ActionPolicy policy = current.get(action);
        return policy == null ? current.computeIfAbsent(action, this::read) : policy;
    }

    /** Whether a setting with this name has to do with policies. */
    public static boolean concerns(String setting) {
        return setting.startsWith(OF_ALL) || setting.startsWith(OF_ONE);
    }

    /** Reads the settings again. @return the actions whose policy is another one now */
    public Set<String> refresh() {
        Set<String> changed = new TreeSet<>();
        current.replaceAll((action, before) -> {
            try {
                ActionPolicy now = read(action);
                if (!now.equals(before)) {
                    changed.add(action);
                    log.info("Policy of {}: {}, before {}", action, now, before);
                }
                return now;
            } catch (BindException | IllegalArgumentException e) {
                log.error("The new policy of {} is refused, {} stays in force: {}", action, before, reasonOf(e));
                return before;
            }
        });
        return changed;
    }

    private ActionPolicy read(String action) {
        Binder binder = Binder.get(environment);
        ActionPolicy policy = bind(binder, ConfigurationPropertyName.of(OF_ALL)).over(ActionPolicy.DEFAULT);
        Optional<PhaseTwoPolicy> annotation = annotations.apply(action);
        if (annotation.isPresent()) {
            policy = ActionSettings.of(annotation.get()).over(policy);
        }
        policy = bind(binder, ConfigurationPropertyName.adapt(OF_ONE + "." + action, '.'))
                .over(policy);
        return bind(binder, ConfigurationPropertyName.of(OF_ONE + "[" + action + "]"))
                .over(policy);
    }

    private static ActionSettings bind(Binder binder, ConfigurationPropertyName name) {
        return binder.bindOrCreate(name.toString(), Bindable.of(ActionSettings.class));
    }

    private static String reasonOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
