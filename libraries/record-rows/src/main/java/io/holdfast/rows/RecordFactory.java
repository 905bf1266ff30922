package io.holdfast.rows;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.apache.ibatis.reflection.ReflectionException;
import org.apache.ibatis.reflection.factory.DefaultObjectFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes records, which need not be public. MyBatis's own factory looks the constructor up for each row, and finds out by an exception,
 * for each row, that it may not call it.
 */
class RecordFactory extends DefaultObjectFactory {

    private static final long serialVersionUID = 1L;

    private static final ClassValue<Constructor<?>> CONSTRUCTORS = new ClassValue<>() {
        @Override
        protected Constructor<?> computeValue(Class<?> type) {
            return canonicalConstructor(type);
        }
    };

    @Override
    public <T> T create(Class<T> type, @Nullable List<Class<?>> parameterTypes, @Nullable List<Object> arguments) {
        if (type.isRecord() && arguments != null) {
            Constructor<?> constructor = CONSTRUCTORS.get(type);
            if (Arrays.asList(constructor.getParameterTypes()).equals(parameterTypes)) {
                return type.cast(call(constructor, arguments));
            }
        }
        return super.create(type, parameterTypes, arguments);
    }

    private static Object call(Constructor<?> constructor, List<Object> arguments) {
        try {
            return constructor.newInstance(arguments.toArray());
        } catch (InvocationTargetException e) {
            throw failed(constructor, e.getCause());
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw failed(constructor, e);
        }
    }

    /** Without the row's values: they may be somebody's, and end in a log. */
    private static ReflectionException failed(Constructor<?> constructor, Throwable cause) {
        return new ReflectionException(
                "A row does not make a " + constructor.getDeclaringClass().getName(), cause);
    }

    private static Constructor<?> canonicalConstructor(Class<?> type) {
        Class<?>[] components = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(components);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record without its canonical constructor: " + type, e);
        }
    }
}
