package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.preservarium.pusher.command.PlainValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** JSON text in bytes, in UTF-8 and nothing else: bounded in depth and in the length of names and numbers. */
final class Json {

    static final String NOT_JSON = "is not valid JSON in UTF-8";

    /**
     * What a parser bears at all; {@link PlainReader} keeps the narrower limits of a document and can name what breaks
     * them. Numbers are converted only after they were measured, and names of one to four bytes a character are remembered.
     */
    private static final StreamReadConstraints WIDE = StreamReadConstraints.builder()
            .maxNestingDepth(1000)
            .maxNumberLength(Integer.MAX_VALUE)
            .maxNameLength(4 * PlainValues.MAX_KEY_LENGTH)
            .build();

    private static final StreamReadConstraints NARROW = StreamReadConstraints.builder()
            .maxNestingDepth(PlainValues.MAX_DEPTH)
            .maxNumberLength(100)
            .maxNameLength(4 * PlainValues.MAX_KEY_LENGTH)
            .build();

    /** Streams; duplicate names are for {@link PlainReader} to find. */
    private static final JsonFactory STREAM = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(WIDE)
            .build();

    /** Trees, for what is small and read seldom. */
    private static final JsonMapper TREES = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(NARROW)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final int INITIAL_BYTES = 512;

    private Json() {}

    static JsonParser parser(byte[] utf8) throws IOException {
        int start = afterBom(utf8);
        return STREAM.createParser(utf8, start, utf8.length - start);
    }

    /** A missing node for nothing at all. */
    static JsonNode tree(byte[] utf8) throws IOException {
        int start = afterBom(utf8);
        JsonNode node = TREES.readTree(utf8, start, utf8.length - start);
        return node == null ? MissingNode.getInstance() : node;
    }

    /** RFC 8259 section 8.1: a byte order mark may be ignored. */
    private static int afterBom(byte[] utf8) {
        boolean marked = utf8.length >= 3 && utf8[0] == (byte) 0xEF && utf8[1] == (byte) 0xBB && utf8[2] == (byte) 0xBF;
        return marked ? 3 : 0;
    }

    /** Writes something in JSON. */
    interface Writing {
        void to(JsonGenerator out) throws IOException;
    }

    static byte[] bytes(Writing writing) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(INITIAL_BYTES)) {
            try (JsonGenerator out = STREAM.createGenerator(bytes)) {
                writing.to(out);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
    }

    static byte[] bytes(JsonNode node) {
        try {
            return TREES.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static Optional<String> text(JsonNode object, String field) {
        return Optional.ofNullable(object.get(field))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue);
    }
}
