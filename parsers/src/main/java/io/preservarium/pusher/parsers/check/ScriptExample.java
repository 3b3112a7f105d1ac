package io.preservarium.pusher.parsers.check;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.parsers.runtime.ScriptCall;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One example of a script: what goes in, what must come out, and when. The one place that reads {@code <ref>.examples.json}. */
public record ScriptExample(String name, ScriptCall.Work work, Optional<Instant> now, Expected expected) {

    /** What the function must do. */
    public sealed interface Expected {
        record Bytes(String hex) implements Expected {}

        record Unknown() implements Expected {}

        /** It must fail, and say this among other things. */
        record Error(String substring) implements Expected {}

        record Outputs(List<Object> outputs) implements Expected {}

        record Output(Optional<String> deviceId) implements Expected {}

        record Replies(List<Object> replies) implements Expected {}
    }

    /** An examples file that breaks its format. */
    public static final class Malformed extends Exception {

        private static final long serialVersionUID = 1L;

        Malformed(String why) {
            super(why);
        }
    }

    /** More than anybody writes by hand; each is a call of the script. */
    static final int MOST = 1_000;

    private static final Set<String> KNOWN = Set.of(
            "name",
            "description",
            "function",
            "command",
            "config",
            "payload",
            "now",
            "bytes",
            "error",
            "unknown",
            "outputs",
            "output",
            "awaiting",
            "replies");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    public static List<ScriptExample> read(String json) throws Malformed {
        try {
            JsonNode examples = JSON.readTree(json).path("examples");
            if (!examples.isArray()) {
                throw new Malformed("examples must be an object with a list 'examples'");
            }
            if (examples.size() > MOST) {
                throw new Malformed("a script may have at most " + MOST + " examples but has " + examples.size());
            }
            List<ScriptExample> read = new ArrayList<>();
            Set<String> names = new HashSet<>();
            for (JsonNode example : examples) {
                String name = example.path("name").asText("");
                if (name.isEmpty() || !names.add(name)) {
                    throw new Malformed("each example must have a name of its own but one has '" + name + "'");
                }
                try {
                    read.add(one(name, example));
                } catch (IllegalArgumentException | DateTimeException e) {
                    throw new Malformed("example '" + name + "': " + e.getMessage());
                }
            }
            return read;
        } catch (JsonProcessingException e) {
            throw new Malformed("examples are not JSON: " + e.getOriginalMessage());
        }
    }

    private static ScriptExample one(String name, JsonNode example) {
        example.fieldNames().forEachRemaining(field -> {
            if (!KNOWN.contains(field)) {
                throw new IllegalArgumentException("no such field: " + field);
            }
        });
        Map<String, Object> config = object(example.path("config"));
        String function = example.path("function").asText("format_command");
        Optional<Instant> now = example.has("now")
                ? Optional.of(Instant.parse(example.get("now").asText()))
                : Optional.empty();
        ScriptCall.Work work =
                switch (function) {
                    case "format_command" -> new ScriptCall.Work.Format(object(example.path("command")), config);
                    case "parse" -> new ScriptCall.Work.Parse(bytes(example.path("payload")), config);
                    case "device_id" -> new ScriptCall.Work.ReadDeviceId(bytes(example.path("payload")), config);
                    case "match_reply" ->
                        new ScriptCall.Work.MatchReply(
                                objects(example, "outputs"), objects(example, "awaiting"), config);
                    default ->
                        throw new IllegalArgumentException(
                                "function must be format_command, parse, device_id or match_reply but was " + function);
                };
        return new ScriptExample(name, work, now, expected(work, example));
    }

    private static Expected expected(ScriptCall.Work work, JsonNode example) {
        if (example.has("error")) {
            return new Expected.Error(example.get("error").asText());
        }
        return switch (work) {
            case ScriptCall.Work.Format format -> {
                if (example.path("unknown").asBoolean(false)) {
                    yield new Expected.Unknown();
                }
                yield new Expected.Bytes(HexFormat.of().formatHex(bytes(required(example, "bytes"))));
            }
            case ScriptCall.Work.Parse parse -> new Expected.Outputs(items(required(example, "outputs")));
            case ScriptCall.Work.MatchReply match -> new Expected.Replies(items(required(example, "replies")));
            case ScriptCall.Work.ReadDeviceId read -> {
                JsonNode output = required(example, "output");
                yield new Expected.Output(output.isNull() ? Optional.empty() : Optional.of(output.asText()));
            }
        };
    }

    private static List<Object> items(JsonNode list) {
        List<Object> items = new ArrayList<>();
        list.forEach(item -> items.add(plain(item)));
        return items;
    }

    private static List<Map<String, Object>> objects(JsonNode example, String field) {
        JsonNode list = example.path(field);
        if (!list.isArray() && !list.isMissingNode()) {
            throw new IllegalArgumentException(field + " must be a list of objects");
        }
        List<Map<String, Object>> objects = new ArrayList<>();
        for (JsonNode item : list) {
            if (!item.isObject()) {
                throw new IllegalArgumentException(field + " must be a list of objects");
            }
            objects.add(object(item));
        }
        return objects;
    }

    private static JsonNode required(JsonNode example, String field) {
        if (!example.has(field)) {
            throw new IllegalArgumentException("it needs '" + field + "' or 'error'");
        }
        return example.get(field);
    }

    private static byte[] bytes(JsonNode hex) {
        if (!hex.isTextual()) {
            throw new IllegalArgumentException("bytes and payload must be hex text");
        }
        return HexFormat.of().parseHex(hex.asText().replace(" ", ""));
    }

    private static Map<String, Object> object(JsonNode node) {
        if (node.isMissingNode()) {
            return Map.of();
        }
        if (!node.isObject()) {
            throw new IllegalArgumentException("command and config must be objects");
        }
        return asObject(plain(node));
    }

    @SuppressWarnings("unchecked") // made by plain, below
    private static Map<String, Object> asObject(Object value) {
        return (Map<String, Object>) value;
    }

    private static Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                node.properties().forEach(field -> map.put(field.getKey(), plain(field.getValue())));
                yield map;
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                node.forEach(item -> list.add(plain(item)));
                yield list;
            }
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> node.isIntegralNumber() ? node.bigIntegerValue() : node.decimalValue();
            case NULL -> JsonNull.NULL;
            case BINARY, POJO, MISSING -> throw new IllegalArgumentException("not JSON: " + node.getNodeType());
        };
    }

    /** Values as JSON text, for people. */
    public static String text(Object value) {
        return tree(value).toString();
    }

    private static JsonNode tree(Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (value) {
            case Map<?, ?> map -> {
                var object = nodes.objectNode();
                map.forEach((key, item) -> object.set(String.valueOf(key), tree(item)));
                yield object;
            }
            case Iterable<?> items -> {
                var array = nodes.arrayNode();
                items.forEach(item -> array.add(tree(item)));
                yield array;
            }
            case JsonNull none -> nodes.nullNode();
            case String text -> nodes.textNode(text);
            default -> nodes.pojoNode(value);
        };
    }
}
