package io.preservarium.pusher.command.wire;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.PlainNumber;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a command says, as one SHA-256: equal for two documents that differ only in the order of keys or in what moves
 * by itself from one request to its repetition (timestamp, and the expiry, which is compared separately).
 */
public final class CommandDigest {

    private CommandDigest() {}

    public static Digest of(Command command) {
        Map<String, Object> document = new TreeMap<>(CommandJson.document(command));
        document.remove("timestamp");
        document.remove("expires_at");
        StringBuilder canonical = new StringBuilder();
        write(document, canonical);
        return Digest.of(canonical.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Every text carries its length, so no two values share a form. */
    private static void write(Object value, StringBuilder out) {
        switch (value) {
            case Map<?, ?> map -> {
                out.append('{');
                Map<String, Object> sorted = new TreeMap<>();
                map.forEach((key, item) -> sorted.put(String.valueOf(key), item));
                sorted.forEach((key, item) -> {
                    text(key, out);
                    write(item, out);
                });
                out.append('}');
            }
            case List<?> list -> {
                out.append('[');
                list.forEach(item -> write(item, out));
                out.append(']');
            }
            case String text -> text(text, out);
            case Integer number -> integer(BigInteger.valueOf(number), out);
            case Long number -> integer(BigInteger.valueOf(number), out);
            case BigInteger number -> integer(number, out);
            case BigDecimal number ->
                out.append('d').append(number.stripTrailingZeros()).append(';');
            case Double number -> {
                if (PlainNumber.isNegativeZero(number)) {
                    out.append("d-0;");
                } else {
                    write(BigDecimal.valueOf(number), out);
                }
            }
            case Boolean flag -> out.append(flag ? 't' : 'f');
            case JsonNull ignored -> out.append('n');
            default ->
                throw new IllegalArgumentException(
                        "a command has no " + value.getClass().getName());
        }
    }

    private static void integer(BigInteger number, StringBuilder out) {
        out.append('i').append(number).append(';');
    }

    private static void text(String text, StringBuilder out) {
        out.append('s').append(text.length()).append(':').append(text);
    }
}
