package io.holdfast.tcc.autoconfigure.startup;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.seata.integration.tx.api.interceptor.ActionContextUtil;
import org.apache.seata.integration.tx.api.remoting.TwoPhaseResult;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.BusinessActionContextParameter;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.jspecify.annotations.Nullable;

/** What cannot work of the actions of one class. */
final class ActionValidation {

    /** The columns {@code action_name} of the fence's tables hold no more. */
    private static final int MAX_CHARACTERS = 64;

    private static final Set<Class<?>> ANSWERS =
            Set.of(boolean.class, Boolean.class, void.class, Void.class, TwoPhaseResult.class);

    private final Class<?> type;
    private final Set<String> withoutFence;
    private final ContextCarriage carriage;
    private final List<ValidationError> errors = new ArrayList<>();

    private ActionValidation(Class<?> type, Set<String> withoutFence, ContextCarriage carriage) {
        this.type = type;
        this.withoutFence = withoutFence;
        this.carriage = carriage;
    }

    /** @param withoutFence names of actions that the team wants without the fence */
    static List<ValidationError> of(Class<?> type, Set<String> withoutFence, ContextCarriage carriage) {
        ActionValidation found = new ActionValidation(type, withoutFence, carriage);
        TryMethods.of(type).forEach(found::checkTry);
        return found.errors;
    }

    static String place(String name, Class<?> type, Method tried) {
        return "Action " + (name.isBlank() ? "without a name" : name) + " (" + type.getName() + "." + tried.getName()
                + ")";
    }

    private void checkTry(Method tried, TwoPhaseBusinessAction action) {
        String where = place(action.name(), type, tried);
        checkName(where, action.name());
        if (!action.useTCCFence() && !withoutFence.contains(action.name())) {
            add(
                    where,
                    "it runs without the fence, so that a Confirm may take effect twice and a late Try holds for ever",
                    "Set useTCCFence = true; if it must be without, name it in holdfast.tcc.without-fence");
        }
        if (Modifier.isFinal(type.getModifiers())) {
            add(where, "its class is final, and no proxy can stand before the Try", "Make the class not final");
        }
        Method annotated = checkTryMethod(where, tried);
        if (action.commitMethod().equals(action.rollbackMethod())) {
            add(where, "Confirm and Cancel are the same method", "Name two methods");
        }
        Map<String, Class<?>> carried = checkContext(where, tried);
        if (annotated != null) {
            Class<?> declaring = annotated.getDeclaringClass().isInterface() ? annotated.getDeclaringClass() : type;
            second(where, declaring, "commitMethod", action.commitMethod(), action.commitArgsClasses(), carried);
            second(where, declaring, "rollbackMethod", action.rollbackMethod(), action.rollbackArgsClasses(), carried);
        }
    }

    private void checkName(String where, String name) {
        if (name.isBlank()) {
            add(where, "it has no name", "Give @TwoPhaseBusinessAction a name, such as points.hold");
            return;
        }
        int length = name.codePointCount(0, name.length());
        if (length > MAX_CHARACTERS) {
            add(
                    where,
                    "its name has %d characters, and the column action_name takes %d".formatted(length, MAX_CHARACTERS),
                    "Choose a shorter name");
        }
        // The coordinator gets all names in one text, divided by commas; settings put a name into brackets.
        if (name.codePoints()
                .anyMatch(c -> ",[]".indexOf(c) >= 0
                        || Character.isWhitespace(c)
                        || Character.isSpaceChar(c)
                        || Character.isISOControl(c))) {
            add(
                    where,
                    "its name contains a comma, a bracket, a blank or a control character, with which phase two does not find it",
                    "Use letters, digits, dots, hyphens and underscores");
        }
    }

    /** @return the method that bears the annotation for Seata */
    private @Nullable Method checkTryMethod(String where, Method tried) {
        int modifiers = tried.getModifiers();
        if (Modifier.isStatic(modifiers) || Modifier.isFinal(modifiers) || !Modifier.isPublic(modifiers)) {
            add(
                    where,
                    "its Try is %s, and only a call through the bean's proxy becomes a branch"
                            .formatted(kindOf(modifiers)),
                    "Make %s public, and neither static nor final".formatted(tried.getName()));
            return null;
        }
        Method seen = TryMethods.seenBySeata(type, tried);
        if (seen == null) {
            add(
                    where,
                    "its annotation stands on a method with other parameter types, or on one that is overridden without it,"
                            + " and Seata does not see it: the Try would run without a branch",
                    "Put @TwoPhaseBusinessAction on %s.%s itself".formatted(type.getSimpleName(), tried.getName()));
        }
        return seen;
    }

    private static String kindOf(int modifiers) {
        if (Modifier.isStatic(modifiers)) {
            return "static";
        }
        return Modifier.isPublic(modifiers) ? "final" : "not public";
    }

    /** @return the types that the Try puts into the context, by name */
    private Map<String, Class<?>> checkContext(String where, Method tried) {
        Map<String, Class<?>> carried = new HashMap<>();
        Parameter[] parameters = tried.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            BusinessActionContextParameter annotation =
                    parameters[i].getAnnotation(BusinessActionContextParameter.class);
            if (annotation == null) {
                checkHiddenParameter(where, tried, i);
                continue;
            }
            String parameter = "parameter %d of its Try (%s)".formatted(i + 1, typeName(parameters[i]));
            if (annotation.isParamInProperty() || annotation.index() >= 0) {
                continue;
            }
            String key = ActionContextUtil.getParamNameFromAnnotation(annotation);
            if (key.isBlank()) {
                add(where, parameter + " has no name in the context", "Name it in @BusinessActionContextParameter");
            } else if (carried.put(key, parameters[i].getType()) != null) {
                add(where, "two parameters of its Try have the name " + key, "Give each its own name");
            }
            carriage.whyNot(parameters[i].getParameterizedType())
                    .ifPresent(
                            why -> add(
                                    where,
                                    "%s is not carried by the action context: %s".formatted(parameter, why),
                                    "Pass an id, a text or a number, or keep it in a table of yours and read it by xid and branch id"));
        }
        return carried;
    }

    /** Seata looks for the annotations of parameters on the method that is called, and there only. */
    private void checkHiddenParameter(String where, Method tried, int index) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Class<?> other : each.getInterfaces()) {
                for (Method method : other.getMethods()) {
                    if (method.getName().equals(tried.getName())
                            && method.getParameterCount() == tried.getParameterCount()
                            && has(method.getParameterAnnotations()[index])) {
                        add(
                                where,
                                "the @BusinessActionContextParameter of parameter %d stands on %s only, where Seata does not look"
                                        .formatted(index + 1, other.getSimpleName()),
                                "Put it on the method of %s too".formatted(type.getSimpleName()));
                    }
                }
            }
        }
    }

    private static boolean has(Annotation[] annotations) {
        return Arrays.stream(annotations).anyMatch(BusinessActionContextParameter.class::isInstance);
    }

    private void second(
            String where,
            Class<?> declaring,
            String role,
            String name,
            Class<?>[] types,
            Map<String, Class<?>> carried) {
        String signature =
                name + Arrays.stream(types).map(Class::getSimpleName).collect(Collectors.joining(", ", "(", ")"));
        String what = "its %s %s".formatted(role, signature);
        Method method;
        try {
            method = declaring.getMethod(name, types);
        } catch (NoSuchMethodException e) {
            add(
                    where,
                    what + " is not a public method of " + declaring.getName(),
                    "Write public boolean %s, or set %s and its argument classes to what is there"
                            .formatted(signature, role));
            return;
        }
        if (!Modifier.isPublic(method.getDeclaringClass().getModifiers())) {
            add(
                    where,
                    what + " cannot be called, because "
                            + method.getDeclaringClass().getName() + " is not public",
                    "Make the class public");
        }
        int modifiers = method.getModifiers();
        if (Modifier.isStatic(modifiers) || Modifier.isFinal(modifiers)) {
            add(
                    where,
                    what + " is %s, and is not called on the bean that Spring made".formatted(kindOf(modifiers)),
                    "Make it neither static nor final");
        }
        if (!ANSWERS.contains(method.getReturnType())) {
            add(
                    where,
                    what
                            + " returns %s, which is taken for success whatever it says"
                                    .formatted(method.getReturnType().getSimpleName()),
                    "Return boolean, void or TwoPhaseResult, and throw if it did not succeed");
        }
        checkArguments(where, what, method, carried);
    }

    private void checkArguments(String where, String what, Method method, Map<String, Class<?>> carried) {
        for (Parameter parameter : method.getParameters()) {
            Class<?> asked = parameter.getType();
            if (asked.equals(BusinessActionContext.class)) {
                continue;
            }
            BusinessActionContextParameter annotation = parameter.getAnnotation(BusinessActionContextParameter.class);
            String key = annotation == null ? "" : ActionContextUtil.getParamNameFromAnnotation(annotation);
            if (key.isBlank()) {
                add(
                        where,
                        what + " has a parameter (%s) that the context has no name for".formatted(typeName(parameter)),
                        "Put @BusinessActionContextParameter with a name on it");
            } else if (asked.isPrimitive()) {
                add(
                        where,
                        what + " asks for %s as %s, and what the context lacks is null".formatted(key, asked),
                        "Use the wrapper class");
            } else if (carried.containsKey(key)) {
                carriage.whyNot(carried.get(key), asked)
                        .ifPresent(why -> add(
                                where,
                                what
                                        + " asks for %s as %s, which the context does not give back: %s"
                                                .formatted(key, asked.getSimpleName(), why),
                                "Ask for the type that the Try puts in"));
            }
        }
    }

    private static String typeName(Parameter parameter) {
        return parameter.getType().getSimpleName();
    }

    private void add(String where, String what, String remedy) {
        errors.add(new ValidationError(where, what, remedy));
    }
}
