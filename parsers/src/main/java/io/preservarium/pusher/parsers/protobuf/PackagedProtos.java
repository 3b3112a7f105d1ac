package io.preservarium.pusher.parsers.protobuf;

import com.squareup.wire.schema.CoreLoader;
import com.squareup.wire.schema.ErrorCollector;
import com.squareup.wire.schema.Loader;
import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.ProtoFile;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import com.squareup.wire.schema.internal.parser.ProtoParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files that the linker of wire-schema needs beside those it is given, read once in a process. Its own
 * {@link CoreLoader} finds them by listing every jar of the class path, which took half of a first script's loading.
 */
final class PackagedProtos implements Loader {

    static final PackagedProtos INSTANCE = new PackagedProtos();

    private static final Set<String> NAMES = Set.of(
            "google/protobuf/any.proto",
            "google/protobuf/descriptor.proto",
            "google/protobuf/duration.proto",
            "google/protobuf/empty.proto",
            "google/protobuf/struct.proto",
            "google/protobuf/timestamp.proto",
            "google/protobuf/wrappers.proto",
            "wire/extensions.proto");

    /** Linking changes a ProtoFile, so that each linker gets its own of these. */
    private final Map<String, ProtoFileElement> parsed = new ConcurrentHashMap<>();

    private PackagedProtos() {}

    @Override
    public ProtoFile load(String path) {
        ProtoFileElement file = NAMES.contains(path)
                ? parsed.computeIfAbsent(path, PackagedProtos::read)
                : ProtoFileElement.Companion.empty(path);
        return ProtoFile.Companion.get(file);
    }

    private static ProtoFileElement read(String path) {
        try (InputStream in = CoreLoader.class.getResourceAsStream("/" + path)) {
            if (in == null) {
                throw new IllegalStateException(path + " is not packaged");
            }
            return ProtoParser.Companion.parse(
                    Location.get(path), new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read", e);
        }
    }

    /** Its files have no errors. */
    @Override
    public Loader withErrors(ErrorCollector errors) {
        return this;
    }
}
