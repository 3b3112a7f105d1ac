package io.preservarium.pusher.parsers.process;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.JsonNull;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What goes through the pipe between a service and its worker process: frames of four bytes of length and a list of values in
 * CBOR (RFC 8949). A decimal is a byte string of its text. The other side is not trusted: lengths and depth are bounded.
 */
final class Frames {

    /** More than a command with its configuration or the outputs of an uplink can have. */
    private static final int MAX_BYTES = 16 << 20;

    private static final int MAX_DEPTH = 200;

    private static final CBORFactory CBOR = CBORFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_BYTES)
                    .maxNumberLength(MAX_BYTES)
                    .build())
            .build();

    private Frames() {}

    static void write(DataOutputStream out, List<?> values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator generator = CBOR.createGenerator(bytes)) {
            write(generator, values);
        }
        if (bytes.size() > MAX_BYTES) {
            throw new StreamCorruptedException("a frame of " + bytes.size() + " bytes; at most " + MAX_BYTES + " go");
        }
        out.writeInt(bytes.size());
        bytes.writeTo(out);
        out.flush();
    }

    /** @throws java.io.EOFException when the other side is gone */
    static Values read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_BYTES) {
            throw new StreamCorruptedException("a frame of " + length + " bytes; at most " + MAX_BYTES + " come");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        try (JsonParser parser = CBOR.createParser(bytes)) {
            if (parser.nextToken() == JsonToken.START_ARRAY) {
                return new Values(list(parser));
            }
        } catch (RuntimeException e) {
            throw new StreamCorruptedException("a frame that is no CBOR: " + e);
        }
        throw new StreamCorruptedException("a frame that is no list");
    }

    private static void write(JsonGenerator generator, Object value) throws IOException {
        switch (value) {
            case String text -> generator.writeString(ForeignText.wellFormed(text));
            case Integer number -> generator.writeNumber(number);
            case Long number -> generator.writeNumber(number);
            case Double number -> generator.writeNumber(number);
            case Boolean flag -> generator.writeBoolean(flag);
            case byte[] bytes -> generator.writeBinary(bytes);
            case JsonNull ignored -> generator.writeNull();
            case BigInteger number -> generator.writeNumber(number);
            case BigDecimal number -> generator.writeBinary(number.toString().getBytes(StandardCharsets.US_ASCII));
            case Map<?, ?> map -> {
                generator.writeStartObject(map, map.size());
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    generator.writeFieldName(ForeignText.wellFormed(String.valueOf(entry.getKey())));
                    write(generator, entry.getValue());
                }
                generator.writeEndObject();
            }
            case List<?> list -> {
                generator.writeStartArray(list, list.size());
                for (Object item : list) {
                    write(generator, item);
                }
                generator.writeEndArray();
            }
            default -> throw new IllegalArgumentException("no value of a frame: " + value.getClass());
        }
    }

    private static List<Object> list(JsonParser parser) throws IOException {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser));
        }
        return list;
    }

    private static Object value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new StreamCorruptedException("a frame that ends early");
        }
        return switch (token) {
            case START_ARRAY -> list(parser);
            case START_OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, value(parser));
                }
                yield map;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> JsonNull.NULL;
            case VALUE_EMBEDDED_OBJECT -> parser.getBinaryValue();
            case FIELD_NAME, END_OBJECT, END_ARRAY, NOT_AVAILABLE ->
                throw new StreamCorruptedException("no value is a " + token);
        };
    }

    /** The values of a frame, of the types that are expected. */
    static final class Values {

        private final List<Object> values;
        private int next;

        private Values(List<Object> values) {
            this.values = values;
        }

        <T> T next(Class<T> type) throws StreamCorruptedException {
            if (next < values.size() && type.isInstance(values.get(next))) {
                return type.cast(values.get(next++));
            }
            throw new StreamCorruptedException("value " + next + " of a frame is no " + type.getSimpleName());
        }

        long nextLong() throws StreamCorruptedException {
            return next(Number.class).longValue();
        }

        int nextInt() throws StreamCorruptedException {
            return next(Number.class).intValue();
        }

        List<Integer> nextInts() throws StreamCorruptedException {
            List<Integer> numbers = new ArrayList<>();
            for (Object item : next(List.class)) {
                if (!(item instanceof Integer number)) {
                    throw new StreamCorruptedException("an item of a frame is no int");
                }
                numbers.add(number);
            }
            return numbers;
        }

        boolean nextBoolean() throws StreamCorruptedException {
            return next(Boolean.class);
        }

        String nextText() throws StreamCorruptedException {
            return next(String.class);
        }

        /** Empty for an empty text. */
        Optional<String> nextTextIfAny() throws StreamCorruptedException {
            String text = nextText();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        }

        List<String> nextTexts() throws StreamCorruptedException {
            List<String> texts = new ArrayList<>();
            for (Object item : next(List.class)) {
                texts.add(String.valueOf(item));
            }
            return texts;
        }

        /** A JSON object whose byte strings are decimals. */
        Map<String, Object> nextObject() throws StreamCorruptedException {
            return object(next(Map.class));
        }

        List<Map<String, Object>> nextObjects() throws StreamCorruptedException {
            List<Map<String, Object>> objects = new ArrayList<>();
            for (Object item : next(List.class)) {
                if (!(item instanceof Map<?, ?> map)) {
                    throw new StreamCorruptedException("an item of a frame is no object");
                }
                objects.add(object(map));
            }
            return objects;
        }

        private static Map<String, Object> object(Map<?, ?> map) throws StreamCorruptedException {
            Map<String, Object> object = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                object.put(String.valueOf(entry.getKey()), plain(entry.getValue()));
            }
            return object;
        }

        private static Object plain(Object value) throws StreamCorruptedException {
            return switch (value) {
                case Map<?, ?> map -> object(map);
                case List<?> list -> {
                    List<Object> items = new ArrayList<>();
                    for (Object item : list) {
                        items.add(plain(item));
                    }
                    yield items;
                }
                case byte[] bytes -> {
                    try {
                        yield new BigDecimal(new String(bytes, StandardCharsets.US_ASCII));
                    } catch (NumberFormatException e) {
                        throw new StreamCorruptedException("a decimal of a frame is no number");
                    }
                }
                default -> value;
            };
        }
    }
}
