package io.preservarium.pusher.parsers.protobuf;

import com.google.protobuf.AnyProto;
import com.google.protobuf.ApiProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.SourceContextProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WrappersProto;
import com.squareup.wire.schema.ErrorCollector;
import com.squareup.wire.schema.Linker;
import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.ProtoFile;
import com.squareup.wire.schema.Schema;
import com.squareup.wire.schema.internal.SchemaEncoder;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import com.squareup.wire.schema.internal.parser.ProtoParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.graalvm.polyglot.Value;

/**
 * The {@code .proto} companions of one version of a script as modules {@code x_pb2}. {@code protobuf.py} has the classes and
 * their state; here are the descriptors and the wire format, by protobuf-java. Bytes cross as Latin-1 text.
 */
public final class ProtobufModules {

    /** What parsing gave. */
    public sealed interface Parsed {}

    /** A message as a flat row: number of fields, then each field's number and value. */
    public record Row(List<Object> values) implements Parsed {}

    public record Undecodable(String why) implements Parsed {}

    /** Known to the linker of wire-schema, too. */
    private static final Map<String, FileDescriptor> LINKED = Map.of(
            "google/protobuf/any.proto", AnyProto.getDescriptor(),
            "google/protobuf/descriptor.proto", DescriptorProtos.getDescriptor(),
            "google/protobuf/duration.proto", DurationProto.getDescriptor(),
            "google/protobuf/empty.proto", EmptyProto.getDescriptor(),
            "google/protobuf/struct.proto", StructProto.getDescriptor(),
            "google/protobuf/timestamp.proto", TimestampProto.getDescriptor(),
            "google/protobuf/wrappers.proto", WrappersProto.getDescriptor());

    /** Those of which the linker is given the text, as protobuf-java brings it. */
    private static final Map<String, FileDescriptor> UNLINKED = Map.of(
            "google/protobuf/api.proto", ApiProto.getDescriptor(),
            "google/protobuf/field_mask.proto", FieldMaskProto.getDescriptor(),
            "google/protobuf/source_context.proto", SourceContextProto.getDescriptor(),
            "google/protobuf/type.proto", TypeProto.getDescriptor());

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Map<String, String> companions;
    private final Map<String, FileDescriptor> files = new HashMap<>();
    private final Map<String, Descriptor> messages = new HashMap<>();

    public ProtobufModules(Map<String, String> companions) {
        this.companions = companions;
        files.putAll(LINKED);
        files.putAll(UNLINKED);
    }

    /** The module's classes as lines for {@code protobuf.py}, or {@code !} and why there is none; asked only: yes or no. */
    public String describe(String module, boolean ask) {
        Optional<String> file = file(module);
        if (ask) {
            return file.isPresent() ? "yes" : "no";
        }
        try {
            return file.isPresent() ? lines(descriptor(file.get())) : "!no companion for " + module;
        } catch (Unusable e) {
            return "!" + e.getMessage();
        }
    }

    private Optional<String> file(String module) {
        for (String name : companions.keySet()) {
            if (moduleOf(name).equals(module)) {
                return Optional.of(name);
            }
        }
        return Stream.concat(LINKED.keySet().stream(), UNLINKED.keySet().stream())
                .filter(name -> moduleOf(name).equals(module))
                .findFirst();
    }

    /** As protoc names it. */
    private static String moduleOf(String file) {
        return file.substring(0, file.length() - ".proto".length())
                        .replace('-', '_')
                        .replace('/', '.') + "_pb2";
    }

    private FileDescriptor descriptor(String name) throws Unusable {
        FileDescriptor known = files.get(name);
        if (known != null) {
            return known;
        }
        Map<String, ProtoFileElement> closure = new LinkedHashMap<>();
        collect(name, name, closure);
        try {
            Schema schema = new Linker(PackagedProtos.INSTANCE, new ErrorCollector(), true, true)
                    .link(closure.values().stream()
                            .map(ProtoFile.Companion::get)
                            .toList());
            SchemaEncoder encoder = new SchemaEncoder(schema);
            // Imports come before what imports them.
            for (String file : closure.keySet()) {
                if (!files.containsKey(file)) {
                    ProtoFile linked = schema.protoFile(file);
                    if (linked == null) {
                        throw new Unusable(file + " was not linked");
                    }
                    FileDescriptorProto proto =
                            FileDescriptorProto.parseFrom(encoder.encode(linked).toByteArray());
                    files.put(file, build(proto));
                }
            }
        } catch (InvalidProtocolBufferException | RuntimeException | StackOverflowError e) {
            // wire-schema reports what is wrong with a text as IllegalStateException, SchemaException and others.
            throw new Unusable(name + " is not usable: " + e.getMessage());
        }
        return Objects.requireNonNull(files.get(name), "a closure ends with the file it was collected for");
    }

    private void collect(String name, String importer, Map<String, ProtoFileElement> closure) throws Unusable {
        if (closure.containsKey(name) || LINKED.containsKey(name)) {
            return;
        }
        String text = UNLINKED.containsKey(name) ? packaged(name) : companions.get(name);
        if (text == null) {
            throw new Unusable(importer + " imports " + name + ", which is not beside the script");
        }
        if (text.startsWith(BYTE_ORDER_MARK)) {
            text = text.substring(BYTE_ORDER_MARK.length());
        }
        ProtoFileElement file;
        try {
            file = ProtoParser.Companion.parse(Location.get(name), text);
        } catch (RuntimeException | StackOverflowError e) {
            throw new Unusable(name + " is not usable: " + e.getMessage());
        }
        List<String> imports = new ArrayList<>(file.getImports());
        imports.addAll(file.getPublicImports());
        for (String needed : imports) {
            collect(needed, name, closure);
        }
        closure.put(name, file);
    }

    private static String packaged(String name) throws Unusable {
        try (InputStream in = FileDescriptor.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new Unusable(name + " is not packaged");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new Unusable(name + " cannot be read: " + e.getMessage());
        }
    }

    private FileDescriptor build(FileDescriptorProto proto) throws Unusable {
        FileDescriptor[] dependencies = new FileDescriptor[proto.getDependencyCount()];
        for (int i = 0; i < dependencies.length; i++) {
            FileDescriptor dependency = files.get(proto.getDependency(i));
            if (dependency == null) {
                throw new Unusable(proto.getName() + " imports " + proto.getDependency(i) + " in a circle");
            }
            dependencies[i] = dependency;
        }
        try {
            return FileDescriptor.buildFrom(proto, dependencies);
        } catch (DescriptorValidationException e) {
            throw new Unusable(proto.getName() + " is not usable: " + e.getMessage());
        }
    }

    private String lines(FileDescriptor file) {
        StringBuilder lines = new StringBuilder();
        for (FileDescriptor dependency : file.getDependencies()) {
            boolean isPublic = file.getPublicDependencies().contains(dependency);
            line(lines, "D", moduleOf(dependency.getName()), isPublic ? "public" : "");
        }
        file.getEnumTypes().forEach(type -> enumeration(lines, type, ""));
        file.getMessageTypes().forEach(type -> message(lines, type, ""));
        file.getMessageTypes().forEach(type -> fields(lines, type));
        return lines.toString();
    }

    private void message(StringBuilder lines, Descriptor type, String parent) {
        messages.put(type.getFullName(), type);
        String syntax = isProto3(type.getFile()) ? "proto3" : "proto2";
        String entry = type.getOptions().getMapEntry() ? "entry" : "";
        line(lines, "M", type.getFullName(), type.getName(), parent, entry, syntax);
        type.getEnumTypes().forEach(nested -> enumeration(lines, nested, type.getFullName()));
        type.getNestedTypes().forEach(nested -> message(lines, nested, type.getFullName()));
    }

    private static void enumeration(StringBuilder lines, EnumDescriptor type, String parent) {
        String open = isProto3(type.getFile()) ? "open" : "closed";
        line(lines, "E", type.getFullName(), type.getName(), parent, open);
        for (EnumValueDescriptor value : type.getValues()) {
            line(lines, "V", value.getName(), String.valueOf(value.getNumber()));
        }
    }

    private static void fields(StringBuilder lines, Descriptor type) {
        for (FieldDescriptor field : type.getFields()) {
            String label =
                    field.isMapField() ? "map" : field.isRepeated() ? "many" : field.isRequired() ? "required" : "one";
            String typeName =
                    switch (field.getJavaType()) {
                        case MESSAGE -> field.getMessageType().getFullName();
                        case ENUM -> field.getEnumType().getFullName();
                        case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING -> "";
                    };
            String oneof = field.getRealContainingOneof() == null
                    ? ""
                    : field.getRealContainingOneof().getName();
            line(
                    lines,
                    "F",
                    type.getFullName(),
                    String.valueOf(field.getNumber()),
                    field.getName(),
                    kind(field),
                    label,
                    typeName,
                    field.hasPresence() ? "1" : "",
                    oneof,
                    defaultOf(field));
        }
        type.getNestedTypes().forEach(nested -> fields(lines, nested));
    }

    private static String defaultOf(FieldDescriptor field) {
        if (field.isRepeated() || field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            return "";
        }
        boolean closedEnum = field.getJavaType() == FieldDescriptor.JavaType.ENUM;
        if (!field.hasDefaultValue() && !closedEnum) {
            return "";
        }
        Object value = field.getDefaultValue();
        return "="
                + switch (value) {
                    case EnumValueDescriptor constant -> String.valueOf(constant.getNumber());
                    case String text -> HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
                    case ByteString bytes -> HexFormat.of().formatHex(bytes.toByteArray());
                    case Float number -> javaToPython(number.doubleValue());
                    case Double number -> javaToPython(number);
                    case Integer number when isUnsigned(field) -> Integer.toUnsignedString(number);
                    case Long number when isUnsigned(field) -> Long.toUnsignedString(number);
                    default -> String.valueOf(value);
                };
    }

    private static String javaToPython(double value) {
        return Double.isInfinite(value) ? (value > 0 ? "inf" : "-inf") : Double.toString(value);
    }

    private static boolean isUnsigned(FieldDescriptor field) {
        return kind(field).startsWith("u");
    }

    private static String kind(FieldDescriptor field) {
        return switch (field.getType()) {
            case INT32, SINT32, SFIXED32 -> "i32";
            case UINT32, FIXED32 -> "u32";
            case INT64, SINT64, SFIXED64 -> "i64";
            case UINT64, FIXED64 -> "u64";
            case FLOAT -> "f";
            case DOUBLE -> "d";
            case BOOL -> "b";
            case STRING -> "s";
            case BYTES -> "y";
            case ENUM -> "e";
            case MESSAGE, GROUP -> "m";
        };
    }

    @SuppressWarnings("deprecation") // the replacement, editions, is not complete in this protobuf-java
    private static boolean isProto3(FileDescriptor file) {
        return file.getSyntax() == FileDescriptor.Syntax.PROTO3;
    }

    private static void line(StringBuilder lines, String... parts) {
        lines.append(String.join("\t", parts)).append('\n');
    }

    /** The bytes of a message that {@code protobuf.py} flattened: its full name, then the row. */
    public String serialize(Value... arguments) {
        RowReader row = new RowReader(arguments);
        byte[] bytes = row.message(type(row.next().asString())).toByteArray();
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    public Parsed parse(String fullName, String latin) {
        try {
            DynamicMessage message = DynamicMessage.newBuilder(type(fullName))
                    .mergeFrom(latin.getBytes(StandardCharsets.ISO_8859_1))
                    .buildPartial();
            List<Object> row = new ArrayList<>();
            flatten(message, row);
            return new Row(row);
        } catch (InvalidProtocolBufferException e) {
            return new Undecodable("Error parsing message with type '" + fullName + "'");
        }
    }

    /** The message as JSON after a {@code =}, or why it cannot be after a {@code !}. */
    public String printJson(String fullName, String latin, ProtobufJson.Options options) {
        try {
            DynamicMessage message = DynamicMessage.newBuilder(type(fullName))
                    .mergeFrom(latin.getBytes(StandardCharsets.ISO_8859_1))
                    .buildPartial();
            return "=" + ProtobufJson.print(message, types(), options);
        } catch (InvalidProtocolBufferException | RuntimeException | StackOverflowError e) {
            return "!Failed to serialize " + fullName + ": " + e.getMessage();
        }
    }

    /** The bytes of what the JSON says after a {@code =}, or why it says none after a {@code !}. */
    public String readJson(String fullName, String json, boolean ignoreUnknown) {
        try {
            DynamicMessage message = ProtobufJson.read(type(fullName), json, types(), ignoreUnknown);
            return "=" + new String(message.toByteArray(), StandardCharsets.ISO_8859_1);
        } catch (InvalidProtocolBufferException | RuntimeException | StackOverflowError e) {
            // Among others NumberFormatException, of texts that are no numbers.
            return "!" + e.getMessage();
        }
    }

    private TypeRegistry types() {
        return TypeRegistry.newBuilder().add(messages.values()).build();
    }

    private Descriptor type(String fullName) {
        Descriptor type = messages.get(fullName);
        if (type == null) {
            throw new IllegalStateException(fullName + " was never described");
        }
        return type;
    }

    private static void flatten(Message message, List<Object> row) {
        Map<FieldDescriptor, Object> fields = message.getAllFields();
        UnknownFieldSet unknown = message.getUnknownFields();
        boolean hasUnknown = !unknown.asMap().isEmpty();
        long known = fields.keySet().stream().filter(f -> !f.isExtension()).count();
        row.add((int) known + (hasUnknown ? 1 : 0));
        fields.forEach((field, value) -> {
            if (field.isExtension()) {
                return;
            }
            row.add(field.getNumber());
            if (field.isMapField()) {
                List<?> entries = (List<?>) value;
                row.add(entries.size());
                for (Object entry : entries) {
                    for (FieldDescriptor part : field.getMessageType().getFields()) {
                        flatten(part, ((Message) entry).getField(part), row);
                    }
                }
            } else if (field.isRepeated()) {
                List<?> items = (List<?>) value;
                row.add(items.size());
                items.forEach(item -> flatten(field, item, row));
            } else {
                flatten(field, value, row);
            }
        });
        if (hasUnknown) {
            row.add(0);
            row.add(new String(unknown.toByteArray(), StandardCharsets.ISO_8859_1));
        }
    }

    private static void flatten(FieldDescriptor field, Object value, List<Object> row) {
        switch (value) {
            case Message message -> flatten(message, row);
            case ByteString bytes -> row.add(bytes.toString(StandardCharsets.ISO_8859_1));
            case EnumValueDescriptor constant -> row.add(constant.getNumber());
            case Integer number when isUnsigned(field) -> row.add(Integer.toUnsignedLong(number));
            case Float number -> row.add(number.doubleValue());
            default -> row.add(value);
        }
    }

    /** Reads the row of a message; every number fits because {@code protobuf.py} checked it. */
    private static final class RowReader {

        private final Value[] row;
        private int at;

        RowReader(Value[] row) {
            this.row = row;
        }

        Value next() {
            return row[at++];
        }

        Message message(Descriptor type) {
            DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
            int fields = next().asInt();
            for (int i = 0; i < fields; i++) {
                int number = next().asInt();
                if (number == 0) {
                    builder.setUnknownFields(unknown(next().asString()));
                    continue;
                }
                FieldDescriptor field = type.findFieldByNumber(number);
                if (field.isMapField()) {
                    int entries = next().asInt();
                    for (int j = 0; j < entries; j++) {
                        builder.addRepeatedField(field, entry(field.getMessageType()));
                    }
                } else if (field.isRepeated()) {
                    int items = next().asInt();
                    for (int j = 0; j < items; j++) {
                        builder.addRepeatedField(field, value(field));
                    }
                } else {
                    builder.setField(field, value(field));
                }
            }
            return builder.buildPartial();
        }

        /** A MapEntry and no DynamicMessage: it writes key and value even if they are zero, as Google's languages do. */
        private Message entry(Descriptor type) {
            FieldDescriptor key = type.findFieldByNumber(1);
            FieldDescriptor value = type.findFieldByNumber(2);
            return MapEntry.newDefaultInstance(
                            type, key.getLiteType(), inEntry(key), value.getLiteType(), inEntry(value))
                    .toBuilder()
                    .setKey(plain(value(key)))
                    .setValue(plain(value(value)))
                    .build();
        }

        private static Object inEntry(FieldDescriptor field) {
            return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    ? DynamicMessage.getDefaultInstance(field.getMessageType())
                    : plain(field.getDefaultValue());
        }

        private static Object plain(Object value) {
            return value instanceof EnumValueDescriptor constant ? (Object) constant.getNumber() : value;
        }

        private Object value(FieldDescriptor field) {
            return switch (field.getJavaType()) {
                case INT -> (int) next().asLong();
                case LONG -> next().asLong();
                case FLOAT -> (float) next().asDouble();
                case DOUBLE -> next().asDouble();
                case BOOLEAN -> next().asBoolean();
                case STRING -> next().asString();
                case BYTE_STRING -> ByteString.copyFrom(next().asString(), StandardCharsets.ISO_8859_1);
                case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(next().asInt());
                case MESSAGE -> message(field.getMessageType());
            };
        }

        private static UnknownFieldSet unknown(String latin) {
            try {
                return UnknownFieldSet.parseFrom(latin.getBytes(StandardCharsets.ISO_8859_1));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("unknown fields came from a message that was parsed", e);
            }
        }
    }

    /** A companion that cannot be a module. */
    private static final class Unusable extends Exception {

        private static final long serialVersionUID = 1L;

        Unusable(String why) {
            super(why);
        }
    }
}
