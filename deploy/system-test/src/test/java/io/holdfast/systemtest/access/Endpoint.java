package io.holdfast.systemtest.access;

import io.holdfast.localplatform.part.HoldfastService;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Platform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One endpoint as its service's own OpenAPI document describes it. Tests that walk over all of them cannot forget a new one.
 *
 * @param document the service's document, for what the operation refers to
 */
record Endpoint(
        Platform platform, HoldfastService service, String method, String path, JsonNode operation, JsonNode document) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String PLAIN = "x-1";

    /** All endpoints of all services. */
    static List<Endpoint> of(Platform platform) {
        List<Endpoint> endpoints = new ArrayList<>();
        platform.programs().forEach(service -> {
            Answer answer = platform.getWith(service.url() + "/v3/api-docs", Map.of("Authorization", ""));
            JsonNode document = answer.body();
            document.path("paths").properties().forEach(path -> path.getValue()
                    .properties()
                    .forEach(operation -> endpoints.add(new Endpoint(
                            platform,
                            service,
                            operation.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            operation.getValue(),
                            document))));
        });
        return endpoints;
    }

    String name() {
        return method + " " + path;
    }

    boolean isForServices() {
        return Platform.isForServices(service.name(), path);
    }

    boolean takesBody() {
        return operation.has("requestBody");
    }

    /** Names of what is asked for in the path or the query, and is a text. */
    List<String> textParameters() {
        return parameters().stream()
                .filter(parameter ->
                        List.of("path", "query").contains(parameter.path("in").asString()))
                .filter(parameter -> isText(resolved(parameter.path("schema"))))
                .map(parameter -> parameter.path("name").asString())
                .toList();
    }

    private List<JsonNode> parameters() {
        List<JsonNode> parameters = new ArrayList<>();
        operation.path("parameters").forEach(parameters::add);
        return parameters;
    }

    /** The address with a plain value for each parameter, but the given one for the one named. */
    String url(String parameterName, String encodedValue) {
        String filled = path;
        List<String> query = new ArrayList<>();
        for (JsonNode parameter : parameters()) {
            String name = parameter.path("name").asString();
            String value = name.equals(parameterName) ? encodedValue : PLAIN;
            if (parameter.path("in").asString().equals("path")) {
                filled = filled.replace("{" + name + "}", value);
            } else if (parameter.path("in").asString().equals("query")
                    && (name.equals(parameterName) || parameter.path("required").asBoolean())) {
                query.add(name + "=" + value);
            }
        }
        return service.url() + filled + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    Answer call(Map<String, String> headers, String body) {
        return callAt(url("", ""), headers, body);
    }

    Answer callAt(String url, Map<String, String> headers, String body) {
        Map<String, String> all = new HashMap<>(Map.of("Idempotency-Key", Platform.newKey()));
        all.putAll(headers);
        return platform.call(method, url, all, method.equals("GET") ? "" : body);
    }

    // Bodies, made of the schema

    /** A body of the described form; whether it also makes sense is another matter. */
    JsonNode body() {
        JsonNode content = operation.path("requestBody").path("content");
        return example(content.properties().iterator().next().getValue().path("schema"), 0);
    }

    /** The body once for each text in it, with that text replaced. */
    Map<String, JsonNode> bodiesWithEachTextReplaced(String text) {
        Map<String, JsonNode> bodies = new HashMap<>();
        collect(body(), "", JsonNode::isString, found -> JsonNodeFactory.instance.stringNode(text), bodies);
        return bodies;
    }

    /** The body once for each array in it, with that array one longer than it may be. */
    Map<String, JsonNode> bodiesWithEachArrayTooLong() {
        Map<String, JsonNode> bodies = new HashMap<>();
        collect(body(), "", JsonNode::isArray, Endpoint::tooLong, bodies);
        return bodies;
    }

    private static JsonNode tooLong(JsonNode array) {
        ArrayNode longer = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i <= 10_000; i++) {
            longer.add(array.get(0));
        }
        return longer;
    }

    private static void collect(
            JsonNode whole,
            String pointer,
            Predicate<JsonNode> which,
            UnaryOperator<JsonNode> replacement,
            Map<String, JsonNode> bodies) {
        JsonNode here = whole.at(pointer);
        if (which.test(here) && !pointer.isEmpty()) {
            bodies.put(pointer, replaced(whole, pointer, replacement.apply(here)));
        }
        if (here.isObject()) {
            here.propertyNames().forEach(name -> collect(whole, pointer + "/" + name, which, replacement, bodies));
        }
        for (int i = 0; here.isArray() && i < here.size(); i++) {
            collect(whole, pointer + "/" + i, which, replacement, bodies);
        }
    }

    private static JsonNode replaced(JsonNode whole, String pointer, JsonNode value) {
        JsonNode copy = JSON.readTree(JSON.writeValueAsString(whole));
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = copy.at(pointer.substring(0, slash));
        String last = pointer.substring(slash + 1);
        if (parent instanceof ObjectNode object) {
            object.set(last, value);
        } else {
            ((ArrayNode) parent).set(Integer.parseInt(last), value);
        }
        return copy;
    }

    private JsonNode example(JsonNode reference, int depth) {
        JsonNode schema = resolved(reference);
        if (depth > 8) {
            throw new IllegalStateException("a schema without end in " + name());
        }
        if (schema.has("example")) {
            return schema.get("example");
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(0);
        }
        String type = schema.has("properties") ? "object" : schema.path("type").asString("string");
        return switch (type) {
            case "object" -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                schema.path("properties")
                        .properties()
                        .forEach(property -> object.set(property.getKey(), example(property.getValue(), depth + 1)));
                yield object;
            }
            case "array" -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                array.add(example(schema.path("items"), depth + 1));
                yield array;
            }
            case "integer", "number" -> JsonNodeFactory.instance.numberNode(1);
            case "boolean" -> JsonNodeFactory.instance.booleanNode(true);
            default -> JsonNodeFactory.instance.stringNode(PLAIN);
        };
    }

    private static boolean isText(JsonNode schema) {
        return schema.path("type").asString("string").equals("string");
    }

    private JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asString("");
        return reference.isEmpty() ? schema : resolved(document.at(reference.substring(1)));
    }

    @Override
    public String toString() {
        return service.name() + " " + name();
    }
}
