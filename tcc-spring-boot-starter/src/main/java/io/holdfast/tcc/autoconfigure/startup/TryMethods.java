package io.holdfast.tcc.autoconfigure.startup;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.seata.common.util.ReflectionUtil;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/** The Try methods of a class, wherever their annotation stands: on the class, on a superclass or on an interface. */
public final class TryMethods {

    private static final Comparator<Method> BY_SIGNATURE =
            Comparator.comparing(method -> method.getName() + Arrays.toString(method.getParameterTypes()));

    /** Every bean of a service is looked at, most classes more than once. */
    private static final ClassValue<Map<Method, TwoPhaseBusinessAction>> OF_CLASS = new ClassValue<>() {
        @Override
        protected Map<Method, TwoPhaseBusinessAction> computeValue(Class<?> type) {
            return find(type);
        }
    };

    private TryMethods() {}

    /** Of a class or an interface. */
    public static Map<Method, TwoPhaseBusinessAction> of(Class<?> type) {
        return OF_CLASS.get(type);
    }

    private static Map<Method, TwoPhaseBusinessAction> find(Class<?> type) {
        if (type.getName().startsWith("org.springframework.")
                || !AnnotationUtils.isCandidateClass(type, TwoPhaseBusinessAction.class)) {
            return Map.of();
        }
        Map<Method, TwoPhaseBusinessAction> tries = new TreeMap<>(BY_SIGNATURE);
        tries.putAll(MethodIntrospector.selectMethods(
                type, (MethodIntrospector.MetadataLookup<TwoPhaseBusinessAction>) TryMethods::annotationOf));
        return Collections.unmodifiableMap(tries);
    }

    static @Nullable TwoPhaseBusinessAction annotationOf(Method method) {
        return AnnotatedElementUtils.findMergedAnnotation(method, TwoPhaseBusinessAction.class);
    }

    /** Whether beans of this type may be actions; of an interface only the bean itself tells. */
    public static boolean mayBeAction(@Nullable Class<?> type) {
        return type != null
                && !Proxy.isProxyClass(type)
                && !of(ClassUtils.getUserClass(type)).isEmpty();
    }

    /**
     * Whether beans of this class are actions. A stub of a remote service, which is no class of anybody's, is none: its Try is a
     * branch of the other service.
     */
    public static boolean isAction(@Nullable Class<?> type) {
        return type != null && !type.isInterface() && !Modifier.isAbstract(type.getModifiers()) && mayBeAction(type);
    }

    /**
     * Where Seata finds the annotation of a method that is called: on the method of the class, or on one with the very same
     * parameter types in an interface.
     *
     * @return the method that bears it, whose class Seata also asks for Confirm and Cancel; null if Seata does not find it
     */
    static @Nullable Method seenBySeata(Class<?> type, Method tried) {
        if (!Modifier.isPublic(tried.getModifiers())) {
            return null;
        }
        return Stream.concat(Stream.of(type), ReflectionUtil.getInterfaces(type).stream())
                .map(each -> ClassUtils.getMethodIfAvailable(each, tried.getName(), tried.getParameterTypes()))
                .filter(method -> method != null && method.isAnnotationPresent(TwoPhaseBusinessAction.class))
                .findFirst()
                .orElse(null);
    }

    static List<String> namesOf(Class<?> type) {
        return of(ClassUtils.getUserClass(type)).values().stream()
                .map(TwoPhaseBusinessAction::name)
                .toList();
    }
}
