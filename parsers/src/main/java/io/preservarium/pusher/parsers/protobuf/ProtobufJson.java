package io.preservarium.pusher.parsers.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;

/** Messages as JSON and back: the ProtoJSON format of protobuf.dev, by protobuf-java. */
public final class ProtobufJson {

    /**
     * How a message is printed, in the words of Google's Python.
     *
     * @param always {@code always_print_fields_with_no_presence}
     * @param ownNames {@code preserving_proto_field_name}
     * @param numbers {@code use_integers_for_enums}
     */
    public record Options(boolean always, boolean ownNames, boolean numbers) {}

    private ProtobufJson() {}

    @SuppressWarnings("deprecation") // its successor is not in this protobuf-java-util
    static String print(DynamicMessage message, TypeRegistry types, Options options)
            throws InvalidProtocolBufferException {
        JsonFormat.Printer printer =
                JsonFormat.printer().usingTypeRegistry(types).omittingInsignificantWhitespace();
        if (options.always()) {
            printer = printer.includingDefaultValueFields();
        }
        if (options.ownNames()) {
            printer = printer.preservingProtoFieldNames();
        }
        if (options.numbers()) {
            printer = printer.printingEnumsAsInts();
        }
        return printer.print(message);
    }

    static DynamicMessage read(Descriptor type, String json, TypeRegistry types, boolean ignoreUnknown)
            throws InvalidProtocolBufferException {
        JsonFormat.Parser parser = JsonFormat.parser().usingTypeRegistry(types);
        if (ignoreUnknown) {
            parser = parser.ignoringUnknownFields();
        }
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        parser.merge(json, builder);
        return builder.buildPartial();
    }
}
