package io.preservarium.pusher.command;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whatever a script or a protocol gave, as values that JSON carries and every reader reads back equal: texts well-formed,
 * numbers in their {@link PlainNumber one form} (text beyond its limits), bytes hexadecimal, anything else its text.
 */
public final class PlainValues {

    /** How deep a document may be nested, the document itself being the first level. */
    public static final int MAX_DEPTH = 64;

    public static final int MAX_KEY_LENGTH = 1024;

    private static final int MAX_NUMBER_TEXT = 1024;
    private static final int MAX_PRINTED_BITS = 4096;

    /** @param textLength of a single text, which is cut; the whole is never cut */
    record Limits(int depth, int bytes, int textLength) {}

    /** A value and its length in JSON, in bytes of UTF-8 at most. */
    record Measured(Object value, int bytes) {}

    private final Limits limits;
    private int bytes;
    private boolean isBeyond;

    private PlainValues(Limits limits) {
        this.limits = limits;
    }

    /** Empty when it is nested deeper or longer than the limits allow. */
    static Optional<Measured> of(@Nullable Object value, Limits limits) {
        PlainValues values = new PlainValues(limits);
        Object plain = values.plain(value, 0);
        return values.isBeyond ? Optional.empty() : Optional.of(new Measured(plain, values.bytes));
    }

    private Object plain(@Nullable Object value, int depth) {
        return switch (value) {
            case null -> literal(JsonNull.NULL, 4);
            case JsonNull none -> literal(none, 4);
            case Map<?, ?> map -> object(map, depth + 1);
            case Iterable<?> items -> list(items, depth + 1);
            case String text -> text(text, limits.textLength());
            case Boolean flag -> literal(flag, 5);
            case Integer number -> number(number);
            case Long number -> number(PlainNumber.of(number));
            case Short number -> number(PlainNumber.of(number));
            case Byte number -> number(PlainNumber.of(number));
            case BigInteger number -> number(PlainNumber.of(number), number);
            case BigDecimal number -> number(PlainNumber.of(number), number);
            case Double number -> number(PlainNumber.of(number), number);
            case Float number -> number(PlainNumber.of(Double.parseDouble(number.toString())), number);
            case byte[] octets -> text(HexFormat.of().formatHex(octets), limits.textLength());
            default -> text(String.valueOf(value), limits.textLength());
        };
    }

    private Object literal(Object value, int length) {
        add(length);
        return value;
    }

    private Map<String, Object> object(Map<?, ?> map, int depth) {
        enter(depth);
        Map<String, Object> plain = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (isBeyond) {
                break;
            }
            add(2);
            plain.put(text(String.valueOf(entry.getKey()), MAX_KEY_LENGTH), plain(entry.getValue(), depth));
        }
        return plain;
    }

    private List<Object> list(Iterable<?> items, int depth) {
        enter(depth);
        List<Object> plain = new ArrayList<>();
        for (Object item : items) {
            if (isBeyond) {
                break;
            }
            add(1);
            plain.add(plain(item, depth));
        }
        return plain;
    }

    private Object number(Number plain) {
        add(plain.toString().length());
        return plain;
    }

    private Object number(Optional<Number> plain, Number given) {
        if (plain.isPresent()) {
            return number(plain.get());
        }
        // Printing takes time that grows faster than the number.
        String text = given instanceof BigInteger integer && integer.bitLength() > MAX_PRINTED_BITS
                ? "an integer of " + integer.bitLength() + " bits"
                : given.toString();
        return text(text, Math.min(MAX_NUMBER_TEXT, limits.textLength()));
    }

    private void enter(int depth) {
        isBeyond |= depth > limits.depth();
        add(2);
    }

    private String text(String given, int max) {
        String plain = ForeignText.bounded(given, max);
        add(2);
        for (int i = 0; i < plain.length() && !isBeyond; i++) {
            add(bytes(plain.charAt(i)));
        }
        return plain;
    }

    private static int bytes(char c) {
        if (c < 0x20) {
            return 6;
        }
        if (c < 0x80) {
            return c == '"' || c == '\\' ? 2 : 1;
        }
        // A pair is written as two escapes.
        return Character.isSurrogate(c) ? 6 : c < 0x800 ? 2 : 3;
    }

    private void add(int length) {
        bytes += length;
        isBeyond |= bytes > limits.bytes();
    }
}
