package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.preservarium.pusher.command.JsonNull;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** JSON text, trees and plain JDK values: bounded in depth and number length, exact in numbers, strict about duplicate keys. */
final class Json {

    static final int MAX_DEPTH = 64;
    static final int MAX_NUMBER_LENGTH = 100;
    static final int MAX_EXPONENT = 1000;

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxNameLength(1024)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Reads one value out of a longer text. */
    static final ObjectReader ITEMS = MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A JSON object as plain values; see {@link io.preservarium.pusher.command.Command} for which. */
    static Map<String, Object> plainObject(JsonNode object) {
        Map<String, Object> map = new LinkedHashMap<>();
        object.properties().forEach(field -> map.put(field.getKey(), plain(field.getValue())));
        return map;
    }

    private static Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> plainObject(node);
            case ARRAY -> {
                List<Object> list = new ArrayList<>(node.size());
                node.forEach(item -> list.add(plain(item)));
                yield list;
            }
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> node.numberValue();
            case NULL, MISSING -> JsonNull.NULL;
            case BINARY, POJO -> throw new IllegalStateException("JSON text has no " + node.getNodeType());
        };
    }

    static JsonNode tree(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                ObjectNode object = object();
                map.forEach((key, item) -> object.set(String.valueOf(key), tree(item)));
                yield object;
            }
            case List<?> list -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode(list.size());
                list.forEach(item -> array.add(tree(item)));
                yield array;
            }
            case String text -> JsonNodeFactory.instance.textNode(text);
            case Boolean flag -> JsonNodeFactory.instance.booleanNode(flag);
            case Integer number -> JsonNodeFactory.instance.numberNode(number);
            case Long number -> JsonNodeFactory.instance.numberNode(number);
            case BigInteger number -> JsonNodeFactory.instance.numberNode(number);
            case BigDecimal number -> JsonNodeFactory.instance.numberNode(number);
            case Double number ->
                Double.isFinite(number)
                        ? JsonNodeFactory.instance.numberNode(number)
                        : JsonNodeFactory.instance.textNode(number.toString());
            case JsonNull ignored -> JsonNodeFactory.instance.nullNode();
            default ->
                throw new IllegalArgumentException(
                        "no JSON for a " + value.getClass().getName());
        };
    }

    static Optional<String> text(JsonNode object, String field) {
        return Optional.ofNullable(object.get(field))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue);
    }

    /** RFC 3339, always in UTC and with milliseconds at least. */
    static String time(Instant instant) {
        Instant t = instant.truncatedTo(ChronoUnit.MILLIS);
        String text = DateTimeFormatter.ISO_INSTANT.format(t);
        return t.getNano() == 0 ? text.replace("Z", ".000Z") : text;
    }

    /** RFC 3339 with any offset; empty when it is not, or lies outside the years 0 to 9999. */
    static Optional<Instant> instant(String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            return time.getYear() < 0 || time.getYear() > 9999 ? Optional.empty() : Optional.of(time.toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
