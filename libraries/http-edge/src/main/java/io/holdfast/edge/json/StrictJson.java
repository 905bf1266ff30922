package io.holdfast.edge.json;

import io.holdfast.edge.body.EdgeProperties;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * How the bodies of requests are read: what is not exactly as described is refused, never guessed.
 *
 * <p>It is a mapper of its own beside the application's, for requests only. What other services answer is read by the
 * lenient one, or a new member in an answer would break every caller that has not been released yet.
 */
final class StrictJson {

    /** Longest property name and longest run of digits that anything real needs. */
    private static final int MAX_NAME_LENGTH = 128;

    private static final int MAX_NUMBER_LENGTH = 32;

    private StrictJson() {}

    static JsonMapper mapper(EdgeProperties properties, List<JsonMapperBuilderCustomizer> customizers) {
        JsonFactory factory = new Utf8(JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(properties.maxJsonDepth())
                        .maxStringLength(properties.maxJsonString())
                        .maxNameLength(MAX_NAME_LENGTH)
                        .maxNumberLength(MAX_NUMBER_LENGTH)
                        .maxTokenCount(properties.maxJsonTokens())
                        .maxDocumentLength(properties.largestBody().toBytes())
                        .build()));
        JsonMapper.Builder builder = JsonMapper.builder(factory);
        customizers.forEach(customizer -> customizer.customize(builder));
        builder.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .withCoercionConfigDefaults(
                        config -> config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
                .withCoercionConfig(LogicalType.Textual, config -> config.setCoercion(
                                CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
        builder.addModule(new SimpleModule().addDeserializer(String.class, new WellFormedText()));
        return builder.build();
    }

    /** Well-formed UTF-8 and nothing else (RFC 8259, section 8.1). Jackson guesses other encodings, and accepts malformed UTF-8. */
    private static final class Utf8 extends JsonFactory {

        private static final long serialVersionUID = 1L;

        Utf8(JsonFactoryBuilder builder) {
            super(builder);
        }

        @Override
        public JsonParser createParser(ObjectReadContext context, InputStream body) {
            CharsetDecoder strict = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
            return super.createParser(context, new InputStreamReader(body, strict));
        }
    }

    /** Half of a character, which an escape can make, is no text: every system that stores or sends it makes something else of it. */
    private static final class WellFormedText extends StringDeserializer {

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) {
            String text = super.deserialize(parser, context);
            if (text != null && text.codePoints().anyMatch(WellFormedText::isHalf)) {
                throw context.weirdStringException(text, String.class, "half a character");
            }
            return text;
        }

        private static boolean isHalf(int codePoint) {
            return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        }
    }
}
