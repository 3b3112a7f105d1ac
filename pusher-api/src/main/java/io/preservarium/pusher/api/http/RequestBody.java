package io.preservarium.pusher.api.http;

import java.io.IOException;
import java.io.InputStream;

/** The bytes of a body, if it kept to its limit; a chunked one has no length to look at beforehand. */
public sealed interface RequestBody {

    record Whole(byte[] bytes) implements RequestBody {}

    record TooLong(int limit) implements RequestBody {}

    static RequestBody read(InputStream stream, int limit) throws IOException {
        byte[] bytes = stream.readNBytes(limit + 1);
        return bytes.length > limit ? new TooLong(limit) : new Whole(bytes);
    }
}
