package io.preservarium.pusher.command.wire;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.PlainNumber;
import io.preservarium.pusher.command.PlainValues;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the values of one document into plain ones and names every value that breaks a limit, not only the first. */
final class PlainReader {

    static final String DUPLICATE = "has a field twice";

    /** A document of a million bad values is told about these. */
    static final int MAX_VIOLATIONS = 20;

    private static final int SHOWN = 80;
    private static final int SHOWN_PATH = 200;

    /** What a number token may have in characters before it is looked at: the longest plain form that a double can hold. */
    private static final int MAX_NUMBER_TEXT = 1200;

    private final JsonParser parser;
    private final JsonStreamContext document;
    private final List<Violation> violations;

    /** @param parser stands at the start of the document, which is an object or a list */
    PlainReader(JsonParser parser, List<Violation> violations) {
        this.parser = parser;
        this.document = parser.getParsingContext();
        this.violations = violations;
    }

    /** The value at which the parser stands, one level inside the document. */
    Object value() throws IOException {
        return value(parser.currentToken(), 1);
    }

    private Object value(JsonToken token, int depth) throws IOException {
        return switch (token) {
            case START_OBJECT -> isTooDeep(depth + 1) ? Map.of() : object(depth + 1);
            case START_ARRAY -> isTooDeep(depth + 1) ? List.of() : list(depth + 1);
            case VALUE_STRING -> text();
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> decimal();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> JsonNull.NULL;
            case FIELD_NAME, END_OBJECT, END_ARRAY, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw new JsonParseException(parser, "no value is a " + token);
        };
    }

    private Map<String, Object> object(int depth) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (name.length() > PlainValues.MAX_KEY_LENGTH) {
                violate("is a key of " + name.length() + " characters; it must have at most "
                        + PlainValues.MAX_KEY_LENGTH);
            } else if (!ForeignText.isWellFormed(name)) {
                violate("is a key that is not valid Unicode");
            }
            if (object.put(name, value(parser.nextToken(), depth)) != null) {
                throw new JsonParseException(parser, DUPLICATE);
            }
        }
        return object;
    }

    private List<Object> list(int depth) throws IOException {
        List<Object> list = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            list.add(value(token, depth));
        }
        return list;
    }

    private boolean isTooDeep(int depth) throws IOException {
        if (depth <= PlainValues.MAX_DEPTH) {
            return false;
        }
        violate("is more than " + PlainValues.MAX_DEPTH + " levels deep");
        parser.skipChildren();
        return true;
    }

    private String text() throws IOException {
        String text = parser.getText();
        if (!ForeignText.isWellFormed(text)) {
            violate("is not valid Unicode");
        }
        return text;
    }

    private Object integer() throws IOException {
        int length = parser.getTextLength();
        if (length <= 18) {
            return PlainNumber.of(parser.getLongValue());
        }
        return limited(
                length <= PlainNumber.MAX_DIGITS + 1
                        ? PlainNumber.of(new BigInteger(parser.getText()))
                        : Optional.empty());
    }

    private Object decimal() throws IOException {
        if (parser.getTextLength() > MAX_NUMBER_TEXT) {
            return limited(Optional.empty());
        }
        String text = parser.getText();
        try {
            BigDecimal number = new BigDecimal(text);
            return number.signum() == 0 && text.charAt(0) == '-'
                    ? PlainNumber.negativeZero()
                    : limited(PlainNumber.of(number));
        } catch (NumberFormatException e) {
            // The exponent has more digits than any number here.
            return limited(Optional.empty());
        }
    }

    private Object limited(Optional<Number> number) {
        if (number.isEmpty()) {
            violate("must be a number of at most " + PlainNumber.MAX_DIGITS
                    + " digits that a double can hold, with an exponent from -324 to 308");
            return JsonNull.NULL;
        }
        return number.get();
    }

    private void violate(String message) {
        if (violations.size() < MAX_VIOLATIONS) {
            violations.add(new Violation(path(), message));
        } else if (violations.size() == MAX_VIOLATIONS) {
            violations.add(new Violation("", "has more that is beyond the limits"));
        }
    }

    /** {@code payload.a[0].b} */
    private String path() {
        StringBuilder path = new StringBuilder();
        append(parser.getParsingContext(), path);
        return path.length() <= SHOWN_PATH ? path.toString() : path.substring(0, SHOWN_PATH) + "…";
    }

    private void append(JsonStreamContext context, StringBuilder path) {
        JsonStreamContext parent = context.getParent();
        if (context != document && parent != null) {
            append(parent, path);
        }
        if (context.inArray()) {
            path.append('[').append(context.getCurrentIndex()).append(']');
        } else if (context.hasCurrentName()) {
            path.append(path.isEmpty() ? "" : ".").append(shown(context.getCurrentName()));
        }
    }

    /** What may stand in an answer or a log of somebody's text. */
    static String shown(String text) {
        return ForeignText.isWellFormed(text) ? ForeignText.bounded(text, SHOWN) : "(not valid Unicode)";
    }
}
