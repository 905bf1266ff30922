package io.holdfast.tcc.fence;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.seata.common.Constants;
import org.apache.seata.common.holder.ObjectHolder;
import org.apache.seata.integration.tx.api.json.JsonParserFactory;
import org.apache.seata.integration.tx.api.util.JsonUtil;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes an action context as the JSON that Seata's coordinator keeps of a branch, with the parser that Seata is configured to
 * use, so that an attempt from the row sees what an attempt from the coordinator would have seen.
 */
public final class ActionContexts {

    private ActionContexts() {}

    public static String write(BusinessActionContext context) {
        return write(Objects.requireNonNullElse(context.getActionContext(), Map.of()));
    }

    /** As the coordinator keeps it of a branch that is being tried: with the identity of the schema. */
    public static String write(BusinessActionContext context, SchemaIdentity schema) {
        Map<String, Object> values = new HashMap<>(Objects.requireNonNullElse(context.getActionContext(), Map.of()));
        values.put(SchemaIdentity.KEY, schema.id());
        return write(values);
    }

    /** The identity of the schema in a written context; null if there is none. */
    public static @Nullable String schemaIn(String written) {
        return parse(written).get(Constants.TX_ACTION_CONTEXT) instanceof Map<?, ?> values
                        && values.get(SchemaIdentity.KEY) instanceof String id
                ? id
                : null;
    }

    /** The application data of a branch, with the identity of the schema in its context. */
    public static String identified(String applicationData, SchemaIdentity schema) {
        Map<String, Object> data = copy(parse(applicationData));
        Map<String, Object> values =
                data.get(Constants.TX_ACTION_CONTEXT) instanceof Map<?, ?> context ? copy(context) : new HashMap<>();
        values.put(SchemaIdentity.KEY, schema.id());
        data.put(Constants.TX_ACTION_CONTEXT, values);
        return toJson(data);
    }

    private static Map<String, Object> copy(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return copy;
    }

    private static String write(Map<String, Object> values) {
        return toJson(Map.of(Constants.TX_ACTION_CONTEXT, values));
    }

    private static String toJson(Map<String, Object> content) {
        return seataIsStarted()
                ? JsonUtil.toJSONString(content)
                : JsonParserFactory.getInstance(Constants.FASTJSON_JSON_PARSER_NAME)
                        .toJSONString(content);
    }

    /** @param written what one of the methods above has written */
    public static BusinessActionContext read(BranchKey key, String action, String written) {
        Map<String, Object> values = new HashMap<>();
        if (parse(written).get(Constants.TX_ACTION_CONTEXT) instanceof Map<?, ?> found) {
            found.forEach((name, value) -> values.put(String.valueOf(name), value));
        }
        BusinessActionContext context = new BusinessActionContext(key.xid(), Long.toString(key.branchId()), values);
        context.setActionName(action);
        return context;
    }

    private static Map<?, ?> parse(String json) {
        return seataIsStarted()
                ? JsonUtil.parseObject(json, Map.class)
                : JsonParserFactory.getInstance(Constants.FASTJSON_JSON_PARSER_NAME)
                        .parseObject(json, Map.class);
    }

    /** Before that, as in a test of a part of a service, the class that asks which parser to use fails to load for good. */
    private static boolean seataIsStarted() {
        return ObjectHolder.INSTANCE.getObject(Constants.OBJECT_KEY_SPRING_CONFIGURABLE_ENVIRONMENT) != null;
    }
}
