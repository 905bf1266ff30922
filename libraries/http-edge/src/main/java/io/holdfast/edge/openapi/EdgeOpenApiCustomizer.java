package io.holdfast.edge.openapi;

import io.holdfast.edge.idempotency.IdempotencyKey;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.List;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/** Describes what the edge adds to every operation: the problem that is answered on any error, and the idempotency key. */
final class EdgeOpenApiCustomizer implements GlobalOpenApiCustomizer {

    private static final String PROBLEM = "Problem";

    @Override
    public void customise(OpenAPI api) {
        if (api.getComponents() == null) {
            api.setComponents(new Components());
        }
        api.getComponents().addSchemas(PROBLEM, schema());
        if (api.getPaths() != null) {
            api.getPaths().values().stream()
                    .flatMap(EdgeOpenApiCustomizer::operationsOf)
                    .forEach(EdgeOpenApiCustomizer::describe);
        }
    }

    private static Stream<Operation> operationsOf(PathItem path) {
        return path.readOperations().stream();
    }

    private static void describe(Operation operation) {
        if (operation.getResponses() == null) {
            operation.setResponses(new ApiResponses());
        }
        Content content = new Content()
                .addMediaType("application/problem+json", new MediaType().schema(new Schema<>().$ref(PROBLEM)));
        ApiResponse problem = new ApiResponse()
                .description("Any error: a problem (RFC 9457); programs go by its code")
                .content(content);
        // Or an error that is named would seem to be answered with what the method returns.
        operation.getResponses().forEach((status, response) -> {
            if (status.startsWith("4") || status.startsWith("5")) {
                response.setContent(content);
            }
        });
        operation.getResponses().putIfAbsent(ApiResponses.DEFAULT, problem);
        if (operation.getParameters() != null) {
            operation.getParameters().stream()
                    .filter(parameter -> IdempotencyKey.HEADER.equals(parameter.getName()))
                    .forEach(EdgeOpenApiCustomizer::describeKey);
        }
    }

    private static void describeKey(Parameter parameter) {
        parameter
                .description("Names this request: sent again with the same key and body it takes effect once")
                .schema(new StringSchema()
                        .minLength(1)
                        .maxLength(IdempotencyKey.MAX_LENGTH)
                        .pattern("[!-~]+"));
    }

    private static Schema<?> schema() {
        Schema<?> error = new ObjectSchema()
                .addProperty("field", new StringSchema().example("items[0].quantity"))
                .addProperty("message", new StringSchema());
        Schema<?> problem = new ObjectSchema()
                .addProperty("type", new StringSchema().example("urn:holdfast:problem:not-found"))
                .addProperty("title", new StringSchema())
                .addProperty("status", new IntegerSchema())
                .addProperty("detail", new StringSchema())
                .addProperty("instance", new StringSchema())
                .addProperty(
                        "code",
                        new StringSchema()
                                .description("Stable word for programs")
                                .example("not-found"))
                .addProperty("traceId", new StringSchema().description("Finds the request in the logs"))
                .addProperty(
                        "errors",
                        new ArraySchema()
                                .items(error)
                                .description("With code invalid-request: what is wrong, and where"));
        problem.setRequired(List.of("type", "title", "status", "detail", "code", "traceId"));
        return problem;
    }
}
