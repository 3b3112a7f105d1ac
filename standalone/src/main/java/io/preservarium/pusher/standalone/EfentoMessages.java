package io.preservarium.pusher.standalone;

import com.squareup.wire.ProtoAdapter;
import com.squareup.wire.schema.CoreLoader;
import com.squareup.wire.schema.ErrorCollector;
import com.squareup.wire.schema.Field;
import com.squareup.wire.schema.Linker;
import com.squareup.wire.schema.Loader;
import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.MessageType;
import com.squareup.wire.schema.ProtoFile;
import com.squareup.wire.schema.ProtoType;
import com.squareup.wire.schema.Schema;
import com.squareup.wire.schema.Type;
import com.squareup.wire.schema.internal.parser.ProtoParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import okio.ByteString;

/** Efento's messages by the names in the shipped .proto files: a message is a map from field name to value. */
final class EfentoMessages {

    /** The messages that travel, by the endpoint they travel to. */
    enum Kind {
        MEASUREMENTS("ProtoMeasurements"),
        CONFIGURATION("ProtoConfig"),
        DEVICE_INFO("ProtoDeviceInfo");

        private final String protoName;

        Kind(String protoName) {
            this.protoName = protoName;
        }
    }

    private static final String FOLDER = "/efento/";
    private static final List<String> FILES =
            List.of("proto_measurements.proto", "proto_config.proto", "proto_device_info.proto");

    private final Schema schema;

    EfentoMessages() {
        ErrorCollector errors = new ErrorCollector();
        Loader loader = new ResourceLoader();
        List<ProtoFile> files = FILES.stream().map(loader::load).toList();
        schema = new Linker(loader, errors, true, true).link(files);
        errors.throwIfNonEmpty();
    }

    byte[] encode(Kind kind, Map<String, Object> message) {
        return adapter(kind).encode(message);
    }

    /** Empty when the bytes are no such message. */
    Optional<Map<String, Object>> decode(Kind kind, byte[] bytes) {
        try {
            Map<String, Object> message = new LinkedHashMap<>();
            ((Map<?, ?>) adapter(kind).decode(bytes)).forEach((name, value) -> message.put((String) name, value));
            return Optional.of(message);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private ProtoAdapter<Object> adapter(Kind kind) {
        return schema.protoAdapter(kind.protoName, true);
    }

    /** One line per field, {@code measurement_period_base: 600}; fields that the schema does not know by number. */
    List<String> describe(Kind kind, Map<String, Object> message) {
        return fields(messageType(ProtoType.get(kind.protoName)), message);
    }

    /** Every name that a message of this kind can have. */
    Set<String> fieldNames(Kind kind) {
        return messageType(ProtoType.get(kind.protoName)).getDeclaredFields().stream()
                .map(Field::getName)
                .collect(Collectors.toSet());
    }

    private MessageType messageType(ProtoType type) {
        return (MessageType) type(type).orElseThrow();
    }

    @SuppressWarnings("NullAway") // Wire, being Kotlin, says null for a scalar's type
    private Optional<Type> type(ProtoType type) {
        return Optional.ofNullable(schema.getType(type));
    }

    private List<String> fields(MessageType type, Map<?, ?> message) {
        List<String> lines = new ArrayList<>();
        message.forEach((name, value) -> lines.add(name + ": " + text(type, (String) name, value)));
        return lines;
    }

    private String text(MessageType type, String name, Object value) {
        return type.getDeclaredFields().stream()
                .filter(field -> field.getName().equals(name))
                .findFirst()
                .map(field -> text(field, value))
                .orElseGet(() -> String.valueOf(value));
    }

    private String text(Field field, Object value) {
        ProtoType type = Optional.ofNullable(field.getType()).orElseThrow();
        if (value instanceof List<?> many) {
            return many.stream().map(one -> text(type, one)).collect(Collectors.joining(", ", "[", "]"));
        }
        return text(type, value);
    }

    private String text(ProtoType type, Object value) {
        return switch (value) {
            case Map<?, ?> message ->
                fields(messageType(type), message).stream().collect(Collectors.joining(", ", "{", "}"));
            case ByteString bytes -> bytes.hex();
            case Integer number when type.equals(ProtoType.UINT32) -> Integer.toUnsignedString(number);
            case String text when type.equals(ProtoType.STRING) -> '"' + text.replace("\u007f", "\\x7f") + '"';
            default -> value.toString();
        };
    }

    private static final class ResourceLoader implements Loader {

        @Override
        public ProtoFile load(String path) {
            if (path.startsWith("google/") || path.startsWith("wire/")) {
                return CoreLoader.INSTANCE.load(path);
            }
            try (InputStream text = EfentoMessages.class.getResourceAsStream(FOLDER + path)) {
                if (text == null) {
                    throw new IllegalStateException(FOLDER + path + " is missing in the jar");
                }
                String source = new String(text.readAllBytes(), StandardCharsets.UTF_8);
                return ProtoFile.Companion.get(ProtoParser.Companion.parse(Location.get(path), source));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Loader withErrors(ErrorCollector errors) {
            return this;
        }
    }
}
