package io.holdfast.edge.json;

import io.holdfast.edge.problem.FieldError;
import io.holdfast.edge.problem.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.http.HttpStatus;

/**
 * Refuses an operation of an actuator endpoint that is called with an argument it does not have. Spring Boot ignores such an argument,
 * so an operator who mistypes the name of an optional one would get another effect than the one that was meant.
 */
final class KnownArguments implements OperationInvokerAdvisor {

    private static final int MAX_ERRORS = 20;

    @Override
    public OperationInvoker apply(
            EndpointId endpoint, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        if (type == OperationType.READ) {
            return invoker;
        }
        Set<String> known =
                parameters.stream().map(OperationParameter::getName).collect(Collectors.toUnmodifiableSet());
        return context -> {
            List<FieldError> unknown = context.getArguments().keySet().stream()
                    .filter(name -> !known.contains(name))
                    .limit(MAX_ERRORS)
                    .map(name -> new FieldError(name, "is not known here"))
                    .toList();
            if (!unknown.isEmpty()) {
                throw new ProblemException(
                        HttpStatus.BAD_REQUEST,
                        "invalid-request",
                        "The request does not have the described form.",
                        Map.of("errors", unknown));
            }
            return invoker.invoke(context);
        };
    }
}
