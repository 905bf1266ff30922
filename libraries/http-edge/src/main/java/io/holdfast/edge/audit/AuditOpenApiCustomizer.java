package io.holdfast.edge.audit;

import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.Role;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.http.HttpMethod;

/** Describes the reason that operators give with every change. */
final class AuditOpenApiCustomizer implements GlobalOpenApiCustomizer {

    private final AccessRules rules;

    AuditOpenApiCustomizer(AccessRules rules) {
        this.rules = rules;
    }

    @Override
    public void customise(OpenAPI api) {
        if (api.getPaths() != null) {
            api.getPaths().forEach((path, item) -> item.readOperationsMap()
                    .forEach((method, operation) -> describe(path, method, operation)));
        }
    }

    private void describe(String path, PathItem.HttpMethod method, Operation operation) {
        rules.rules().stream()
                .filter(rule -> rule.pattern().equals(path)
                        && rule.method().equals(HttpMethod.valueOf(method.name()))
                        && rule.roles().contains(Role.OPERATOR)
                        && !AuditFilter.isSafe(method.name()))
                .findFirst()
                .ifPresent(rule -> operation.addParametersItem(new Parameter()
                        .in("header")
                        .name(Reason.HEADER)
                        .required(rule.roles().size() == 1)
                        .description(
                                "Why: operators give a reason for each change, in UTF-8, percent-encoded or not; kept in the audit."
                                        + " Without it 400 `reason-missing`; `reason-invalid` if it is blank, too long or not one line")
                        .schema(new StringSchema().minLength(1).maxLength(Reason.MAX_LENGTH))));
    }
}
