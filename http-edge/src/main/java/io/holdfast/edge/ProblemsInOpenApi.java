package io.holdfast.edge;

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
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.List;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/** Describes the problem as what every operation answers if it does not succeed. */
final class ProblemsInOpenApi implements GlobalOpenApiCustomizer {

    private static final String NAME = "Problem";

    @Override
    public void customise(OpenAPI api) {
        if (api.getComponents() == null) {
            api.setComponents(new Components());
        }
        api.getComponents().addSchemas(NAME, schema());
        if (api.getPaths() != null) {
            api.getPaths().values().stream()
                    .flatMap(ProblemsInOpenApi::operationsOf)
                    .forEach(ProblemsInOpenApi::describe);
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
                .addMediaType("application/problem+json", new MediaType().schema(new Schema<>().$ref(NAME)));
        ApiResponse problem = new ApiResponse()
                .description("Any error: a problem (RFC 9457); programs go by its code")
                .content(content);
        operation.getResponses().putIfAbsent(ApiResponses.DEFAULT, problem);
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
