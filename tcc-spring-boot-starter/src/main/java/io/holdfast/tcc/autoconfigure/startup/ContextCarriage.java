package io.holdfast.tcc.autoconfigure.startup;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.seata.common.Constants;
import org.apache.seata.integration.tx.api.json.JsonParser;
import org.apache.seata.integration.tx.api.json.JsonParserFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;
import org.springframework.objenesis.SpringObjenesis;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Whether an action context carries values of a type from Try to Confirm: a value is made of the type, written as Seata writes it and
 * read again. What is written as text or as a number is carried; what comes to nothing, as records with Seata's first parser, is not.
 */
final class ContextCarriage {

    private static final int MAX_DEPTH = 4;

    private final JsonParser parser;

    /** @param parserName as in the setting {@code seata.tcc.context-json-parser-type} */
    ContextCarriage(String parserName) {
        this.parser = JsonParserFactory.getInstance(parserName);
    }

    ContextCarriage() {
        this(Constants.FASTJSON_JSON_PARSER_NAME);
    }

    /** @return why the context does not carry it; empty if it does */
    Optional<String> whyNot(Type type) {
        return whyNot(ResolvableType.forType(type), 0);
    }

    private Optional<String> whyNot(ResolvableType type, int depth) {
        Class<?> raw = type.resolve(Object.class);
        if (type.isArray()) {
            return whyNot(type.getComponentType(), depth + 1);
        }
        if (AutoCloseable.class.isAssignableFrom(raw)
                || raw.isAnnotationPresent(FunctionalInterface.class)
                || raw.getName().startsWith("jakarta.servlet.")
                || Thread.class.isAssignableFrom(raw)) {
            return Optional.of("it is no value, and nothing of it can be written");
        }
        for (ResolvableType part : type.getGenerics()) {
            Optional<String> error = depth < MAX_DEPTH ? whyNot(part, depth + 1) : Optional.empty();
            if (error.isPresent()) {
                return error.map(why -> part.resolve(Object.class).getSimpleName() + " in it: " + why);
            }
        }
        if (ClassUtils.isPrimitiveOrWrapper(raw) || raw.getName().startsWith("java.")) {
            return Optional.empty();
        }
        return whyNotOfOurs(raw);
    }

    private Optional<String> whyNotOfOurs(Class<?> type) {
        Object sample = sample(type, 0);
        if (sample == null) {
            // An interface or the like: only the value itself would tell.
            return Optional.empty();
        }
        try {
            Object written = written(sample);
            return written instanceof Map<?, ?> parts
                            && parts.isEmpty()
                            && !fields(type).isEmpty()
                    ? Optional.of("nothing of it is written; Seata's parser looks for getters")
                    : Optional.empty();
        } catch (Exception e) {
            return Optional.of("it cannot be written (" + e.getMessage() + ")");
        }
    }

    /** @return why what a Try puts in as the one type cannot be asked for as the other; empty if it can */
    Optional<String> whyNot(Class<?> put, Class<?> asked) {
        Object sample = sample(put, 0);
        if (sample == null || whyNot(put).isPresent()) {
            return Optional.empty();
        }
        try {
            Object written = written(sample);
            if (asked.isInstance(written) || asked.equals(String.class)) {
                return Optional.empty();
            }
            String text = written instanceof CharSequence ? written.toString() : parser.toJSONString(written);
            Object read = parser.parseObject(text, asked);
            return read != null
                            && asked.isInstance(read)
                            && parser.toJSONString(read).equals(parser.toJSONString(sample))
                    ? Optional.empty()
                    : Optional.of("read again, it is another value");
        } catch (Exception | LinkageError e) {
            return Optional.of("it cannot be read again");
        }
    }

    private @Nullable Object written(Object value) throws Exception {
        return parser.parseObject(parser.toJSONString(Map.of("value", value)), Map.class)
                .get("value");
    }

    /** @return a value of the type; null if none can be made */
    private static @Nullable Object sample(Class<?> type, int depth) {
        Class<?> boxed = ClassUtils.resolvePrimitiveIfNecessary(type);
        if (boxed.equals(Boolean.class)) {
            return true;
        }
        if (boxed.equals(Character.class)) {
            return 'a';
        }
        if (Number.class.isAssignableFrom(boxed) && ClassUtils.isPrimitiveWrapper(boxed)) {
            return sampleNumber(boxed);
        }
        if (boxed.isAssignableFrom(String.class)) {
            return "text";
        }
        if (boxed.isEnum()) {
            return boxed.getEnumConstants().length == 0 ? null : boxed.getEnumConstants()[0];
        }
        if (boxed.getName().startsWith("java.") || depth > MAX_DEPTH) {
            return null;
        }
        if (boxed.isInterface() || boxed.isArray() || Modifier.isAbstract(boxed.getModifiers())) {
            return null;
        }
        try {
            return boxed.isRecord() ? sampleRecord(boxed, depth) : sampleObject(boxed, depth);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            return null;
        }
    }

    private static Object sampleNumber(Class<?> boxed) {
        return Map.<Class<?>, Object>of(
                        Byte.class,
                        (byte) 1,
                        Short.class,
                        (short) 1,
                        Integer.class,
                        1,
                        Long.class,
                        1L,
                        Float.class,
                        1.5f,
                        Double.class,
                        1.5d)
                .get(boxed);
    }

    private static Object sampleRecord(Class<?> type, int depth) throws ReflectiveOperationException {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Object[] values =
                Arrays.stream(types).map(each -> sample(each, depth + 1)).toArray();
        var constructor = type.getDeclaredConstructor(types);
        constructor.trySetAccessible();
        return constructor.newInstance(values);
    }

    private static Object sampleObject(Class<?> type, int depth) {
        var constructor = ClassUtils.getConstructorIfAvailable(type);
        Object sample =
                constructor != null ? BeanUtils.instantiateClass(constructor) : new SpringObjenesis().newInstance(type);
        for (Field field : fields(type)) {
            Object value = sample(field.getType(), depth + 1);
            if (value != null && field.trySetAccessible()) {
                ReflectionUtils.setField(field, sample, value);
            }
        }
        return sample;
    }

    private static List<Field> fields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers())
                        && !Modifier.isTransient(field.getModifiers())
                        && !field.isSynthetic())
                .toList();
    }
}
