package io.holdfast.tcc.retry;

import io.holdfast.properties.LiveProperties;
import io.holdfast.tcc.PhaseTwoPolicy;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

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

    private static final String OF_ALL = "holdfast.tcc.phase-two";
    private static final String OF_ONE = "holdfast.tcc.actions";

    private final ConfigurableEnvironment environment;
    private final Function<String, Optional<PhaseTwoPolicy>> annotations;
    private final Map<String, LiveProperties<ActionPolicy>> current = new ConcurrentHashMap<>();

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
        LiveProperties<ActionPolicy> policy = current.get(action);
        if (policy == null) {
            policy = current.computeIfAbsent(
                    action, name -> LiveProperties.reading("Policy of " + name, () -> read(name)));
        }
        return policy.current();
    }

    /** Whether a setting with this name has to do with policies. */
    public static boolean concerns(String setting) {
        return setting.startsWith(OF_ALL) || setting.startsWith(OF_ONE);
    }

    /** What can be set of an action. */
    public static Set<String> settings() {
        return Arrays.stream(ActionProperties.class.getRecordComponents())
                .map(component -> DataObjectPropertyName.toDashedForm(component.getName()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The settings of single actions that are of none of these, or set nothing. Those of the operating system's environment are left
     * out: their names have lost too much to be told apart.
     */
    public static Set<String> withoutMeaning(ConfigurableEnvironment environment, Collection<String> actions) {
        ConfigurationPropertyName prefix = ConfigurationPropertyName.of(OF_ONE);
        Set<ConfigurationPropertyName> known = new HashSet<>();
        for (String action : actions) {
            for (ConfigurationPropertyName name : namesOf(action)) {
                settings().forEach(setting -> known.add(name.append(setting)));
            }
        }
        Set<String> strangers = new TreeSet<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource all
                    && !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
                all.stream()
                        .filter(name -> prefix.isAncestorOf(name) && !known.contains(name))
                        .forEach(name -> strangers.add(name.toString()));
            }
        }
        return strangers;
    }

    private static List<ConfigurationPropertyName> namesOf(String action) {
        return List.of(
                ConfigurationPropertyName.adapt(OF_ONE + "." + action, '.'),
                ConfigurationPropertyName.of(OF_ONE + "[" + action + "]"));
    }

    /** Reads the settings again. @return the actions whose policy is another one now */
    public Set<String> refresh() {
        Set<String> changed = new TreeSet<>();
        current.forEach((action, policy) -> {
            if (policy.refresh()) {
                changed.add(action);
            }
        });
        return changed;
    }

    private ActionPolicy read(String action) {
        Binder binder = Binder.get(environment);
        ActionPolicy policy = bind(binder, ConfigurationPropertyName.of(OF_ALL)).over(ActionPolicy.DEFAULT);
        Optional<PhaseTwoPolicy> annotation = annotations.apply(action);
        if (annotation.isPresent()) {
            policy = ActionProperties.of(annotation.get()).over(policy);
        }
        for (ConfigurationPropertyName name : namesOf(action)) {
            policy = bind(binder, name).over(policy);
        }
        return policy;
    }

    private static ActionProperties bind(Binder binder, ConfigurationPropertyName name) {
        return binder.bindOrCreate(name.toString(), Bindable.of(ActionProperties.class));
    }
}
