package io.preservarium.pusher.parsers.context;

import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.JsonNull;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Value;

/**
 * JSON values as one flat row of primitives, which is what crosses into a script fastest and without proxies. What is not
 * a value is the form: the shape, one letter per value and one per bracket, and the keys of all objects in their order.
 *
 * <p>{@code v} a string, boolean, double or integer; {@code I} an integer beyond what the language's primitive holds
 * exactly, as hex; on the way back {@code f} a double and {@code d} a decimal as text; {@code n} null; <code>{ } [ ]</code>.
 */
final class FlatValues {

    /** What calls of one kind have in common. */
    record Form(String shape, List<String> keys) {}

    private final StringBuilder shape = new StringBuilder();
    private final List<String> keys = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    private final int exactBits;

    private FlatValues(int exactBits) {
        this.exactBits = exactBits;
    }

    static FlatValues forPython() {
        return new FlatValues(63);
    }

    /** JavaScript's number is a double. */
    static FlatValues forJavaScript() {
        return new FlatValues(53);
    }

    /** Adds one more value at top level. */
    FlatValues add(Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                shape.append('{');
                map.forEach((key, item) -> {
                    keys.add(String.valueOf(key));
                    add(item);
                });
                shape.append('}');
            }
            case Iterable<?> items -> {
                shape.append('[');
                items.forEach(this::add);
                shape.append(']');
            }
            case BigInteger integer -> integer(integer);
            case BigDecimal decimal -> primitive(decimal.doubleValue());
            case Float number -> primitive(number.doubleValue());
            case String text -> primitive(text);
            case Boolean flag -> primitive(flag);
            case Double number -> primitive(number);
            case Integer number -> primitive(number);
            case Long number -> integer(BigInteger.valueOf(number));
            case JsonNull none -> shape.append('n');
            default ->
                throw new IllegalArgumentException("a value for a script must be plain JSON but was a "
                        + value.getClass().getName());
        }
        return this;
    }

    private void integer(BigInteger value) {
        if (value.bitLength() > exactBits) {
            shape.append('I');
            values.add(value.toString(16));
        } else {
            primitive(value.longValue());
        }
    }

    private void primitive(Object value) {
        shape.append('v');
        values.add(value);
    }

    int size() {
        return values.size();
    }

    Form form() {
        return new Form(shape.toString(), keys);
    }

    /** The arguments of a call that knows the form: these, then the values. */
    Object[] valuesAfter(Object... first) {
        Object[] arguments = Arrays.copyOf(first, first.length + values.size());
        for (int i = 0; i < values.size(); i++) {
            arguments[first.length + i] = values.get(i);
        }
        return arguments;
    }

    /** The arguments of a call that does not: these, the shape, then each value with its key before it. */
    Object[] allAfter(Object... first) {
        List<Object> arguments = new ArrayList<>(first.length + 1 + keys.size() + values.size());
        arguments.addAll(List.of(first));
        arguments.add(shape.toString());
        Deque<Boolean> inObject = new ArrayDeque<>();
        int key = 0;
        int value = 0;
        for (int i = 0; i < shape.length(); i++) {
            char kind = shape.charAt(i);
            if (kind == '}' || kind == ']') {
                inObject.pop();
                continue;
            }
            if (!inObject.isEmpty() && inObject.peek()) {
                arguments.add(keys.get(key++));
            }
            switch (kind) {
                case '{', '[' -> inObject.push(kind == '{');
                case 'v', 'I' -> arguments.add(values.get(value++));
                default -> {
                    // Null has no value.
                }
            }
        }
        return arguments.toArray();
    }

    /** Reads what a script's side flattened the same way: an array of shape and values, from {@code at} on. */
    static List<Object> read(Value array, int at) {
        String shape = array.getArrayElement(at).asString();
        List<Object> roots = new ArrayList<>();
        Deque<Object> open = new ArrayDeque<>();
        Deque<String> keys = new ArrayDeque<>();
        Object into = roots;
        int next = at + 1;
        for (int i = 0; i < shape.length(); i++) {
            char kind = shape.charAt(i);
            if (kind == '}' || kind == ']') {
                Object done = into;
                into = open.pop();
                put(into, keys, done);
                continue;
            }
            if (into instanceof Map) {
                keys.push(text(array.getArrayElement(next++)));
            }
            switch (kind) {
                case '{' -> {
                    open.push(into);
                    into = new LinkedHashMap<String, Object>();
                }
                case '[' -> {
                    open.push(into);
                    into = new ArrayList<>();
                }
                case 'n' -> put(into, keys, JsonNull.NULL);
                case 'I' ->
                    put(into, keys, new BigInteger(array.getArrayElement(next++).asString(), 16));
                case 'v' -> put(into, keys, primitive(array.getArrayElement(next++)));
                case 'd' ->
                    put(into, keys, new BigDecimal(array.getArrayElement(next++).asString()));
                case 'f' ->
                    put(into, keys, decimal(array.getArrayElement(next++).asDouble()));
                default -> throw new IllegalStateException("no such kind of value: " + kind);
            }
        }
        return roots;
    }

    @SuppressWarnings("unchecked") // into is a Map<String, Object> or a List<Object>, made above
    private static void put(Object into, Deque<String> keys, Object value) {
        if (into instanceof Map) {
            ((Map<String, Object>) into).put(keys.pop(), value);
        } else {
            ((List<Object>) into).add(value);
        }
    }

    /** A script's strings may hold half a surrogate pair, which no JSON may. RFC 8259 section 8.2. */
    private static String text(Value value) {
        return ForeignText.wellFormed(value.asString());
    }

    private static Object primitive(Value value) {
        if (value.isString()) {
            return text(value);
        }
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        if (value.fitsInInt()) {
            return value.asInt();
        }
        if (value.fitsInLong()) {
            return value.asLong();
        }
        return decimal(value.asDouble());
    }

    /** The shortest decimal that means this double, which is how both languages print it. */
    private static BigDecimal decimal(double value) {
        return new BigDecimal(Double.toString(value));
    }
}
