package io.holdfast.edge.problem;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;

/** Says what is wrong with a JSON body in the caller's words: the library's own messages name our classes. */
final class UnreadableBody {

    private static final int MAX_NAME_LENGTH = 64;

    private UnreadableBody() {}

    /** @param cause why the body was not read, or null if there was none */
    static ProblemDetail problem(@Nullable Throwable cause) {
        if (cause instanceof JacksonException e && isAboutAValue(e)) {
            ProblemDetail problem = Problems.of(
                    HttpStatus.BAD_REQUEST, "invalid-request", "The body does not have the described form.");
            problem.setProperty("errors", List.of(new FieldError(pathOf(e), messageOf(e))));
            return problem;
        }
        return Problems.of(HttpStatus.BAD_REQUEST, "malformed-json", detailOf(cause));
    }

    /** Well-formed JSON whose content is at fault, in a place that can be named. */
    private static boolean isAboutAValue(JacksonException e) {
        return (e instanceof DatabindException || e instanceof InputCoercionException)
                && !e.getPath().isEmpty();
    }

    private static String detailOf(@Nullable Throwable cause) {
        if (cause instanceof DatabindException) {
            return "The body has to be one JSON document of the described form.";
        }
        if (cause instanceof JacksonException e && e.getLocation() != null) {
            return "The body is no acceptable JSON: line " + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr() + ".";
        }
        return "The body has to be a JSON document.";
    }

    private static String messageOf(JacksonException e) {
        if (e instanceof UnrecognizedPropertyException) {
            return "is not known here";
        }
        if (e instanceof ValueInstantiationException refused) {
            return RefusedValue.messageOf(refused, refused.getType().getRawClass());
        }
        if (e instanceof InputCoercionException) {
            return "is out of range";
        }
        if (e instanceof InvalidFormatException) {
            return "is not an acceptable value";
        }
        if (e instanceof MismatchedInputException) {
            return "has the wrong type";
        }
        return "cannot be read";
    }

    private static String pathOf(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            String name = step.getPropertyName();
            if (name == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(shortened(name));
            }
        }
        return path.toString();
    }

    private static String shortened(String name) {
        return name.length() <= MAX_NAME_LENGTH ? name : name.substring(0, MAX_NAME_LENGTH) + "...";
    }
}
