package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.retry.TccAction;
import io.holdfast.tcc.retry.TccActions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.seata.common.Constants;
import org.apache.seata.common.holder.ObjectHolder;
import org.apache.seata.core.model.BranchType;
import org.apache.seata.core.model.Resource;
import org.apache.seata.rm.DefaultResourceManager;
import org.apache.seata.rm.tcc.TCCResource;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.springframework.util.function.SingletonSupplier;

/**
 * The actions as Seata has registered them: the same objects and methods that the coordinator's calls reach. If it has registered
 * none at all, it is switched off, and the annotations are asked.
 */
final class SeataActions implements TccActions {

    private final Supplier<Map<String, TccAction>> annotated;

    SeataActions(AnnotatedActions annotated) {
        // Once, when it is first needed: by then all beans are there.
        this.annotated = SingletonSupplier.of(annotated::find);
    }

    @Override
    public Set<String> names() {
        Map<String, Resource> registered = registered();
        return new TreeSet<>(registered.isEmpty() ? annotated.get().keySet() : registered.keySet());
    }

    @Override
    public Optional<TccAction> find(String name) {
        Map<String, Resource> registered = registered();
        if (registered.isEmpty()) {
            return Optional.ofNullable(annotated.get().get(name));
        }
        return registered.get(name) instanceof TCCResource resource
                ? Optional.of(new TccAction(
                        name,
                        resource.getTargetBean(),
                        resource.getCommitMethod(),
                        resource.getRollbackMethod(),
                        context ->
                                arguments(resource.getCommitArgsClasses(), resource.getPhaseTwoCommitKeys(), context),
                        context -> arguments(
                                resource.getRollbackArgsClasses(), resource.getPhaseTwoRollbackKeys(), context)))
                : Optional.empty();
    }

    private static Map<String, Resource> registered() {
        // Without Seata's own start, as in a test of a part of a service, its classes fail to load, and then for good.
        boolean started = ObjectHolder.INSTANCE.getObject(Constants.OBJECT_KEY_SPRING_CONFIGURABLE_ENVIRONMENT) != null;
        return started
                ? DefaultResourceManager.get()
                        .getResourceManager(BranchType.TCC)
                        .getManagedResources()
                : Map.of();
    }

    /** As Seata makes them, whose own method for it is not public. */
    private static Object[] arguments(Class<?>[] types, String[] keys, BusinessActionContext context) {
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = types[i].equals(BusinessActionContext.class)
                    ? context
                    : context.getActionContext(keys[i], types[i]);
        }
        return arguments;
    }
}
