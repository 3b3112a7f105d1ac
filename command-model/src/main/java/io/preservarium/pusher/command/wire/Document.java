package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.preservarium.pusher.command.JsonNull;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A JSON object whose fields are known by name. Null means absent; the others' values are stepped over unread.
 *
 * @param unknown names of the others, the first of them
 * @param violations limits that values break
 */
record Document(Map<String, Object> fields, List<String> unknown, List<Violation> violations) {

    static final String NO_OBJECT = "must be a JSON object";
    static final String TRAILING = "has something after the JSON object";

    /** Reads to the end of the object at whose start the parser stands. */
    static Document read(JsonParser parser, Set<String> known) throws IOException {
        Document document = new Document(new HashMap<>(), new ArrayList<>(), new ArrayList<>());
        PlainReader values = new PlainReader(parser, document.violations);
        Set<String> others = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (known.contains(name)) {
                if (document.fields.put(name, values.value()) != null) {
                    throw new JsonParseException(parser, PlainReader.DUPLICATE);
                }
            } else {
                parser.skipChildren();
                if (!others.add(name)) {
                    throw new JsonParseException(parser, PlainReader.DUPLICATE);
                }
                if (document.unknown.size() < PlainReader.MAX_VIOLATIONS) {
                    document.unknown.add(name);
                }
            }
        }
        return document;
    }

    Optional<Object> present(String field) {
        return Optional.ofNullable(fields.get(field)).filter(value -> value != JsonNull.NULL);
    }

    Optional<String> text(String field) {
        return text(fields, field);
    }

    static Optional<String> text(Map<?, ?> object, String field) {
        return object.get(field) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** A text turned into a type that checks itself; one that breaks its rule counts as absent. */
    static <T> Optional<T> born(Optional<String> text, Function<String, T> birth) {
        try {
            return text.map(birth);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    boolean isTrue(String field) {
        return Boolean.TRUE.equals(fields.get(field));
    }

    /** 0 when there is none. */
    static int number(Map<?, ?> object, String field) {
        return object.get(field) instanceof Integer number ? number : 0;
    }

    /** Empty when there is none. */
    @SuppressWarnings("unchecked") // a JSON object is read as nothing else
    Map<String, Object> object(String field) {
        return fields.get(field) instanceof Map<?, ?> object ? (Map<String, Object>) object : Map.of();
    }
}
