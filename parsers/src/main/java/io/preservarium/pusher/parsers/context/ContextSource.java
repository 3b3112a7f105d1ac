package io.preservarium.pusher.parsers.context;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.graalvm.polyglot.Source;

/** Our own side of a context, written in the script's language and kept beside this class. */
final class ContextSource {

    private ContextSource() {}

    static Source read(String language, String file) {
        return read(language, file, UnaryOperator.identity());
    }

    /** @param wrap makes the program of the file's text */
    static Source read(String language, String file, UnaryOperator<String> wrap) {
        try (InputStream in = ContextSource.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + file + " is not packaged");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Source.newBuilder(language, wrap.apply(text), "pusher/" + file)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource " + file, e);
        }
    }
}
