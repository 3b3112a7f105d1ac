package io.preservarium.pusher.command;

import java.util.regex.Pattern;

/** The name of a parser script, flat and unique in an installation: {@code [A-Za-z0-9_][A-Za-z0-9._-]{0,123}.(py|js)}. */
public record ParserRef(String value) implements Comparable<ParserRef> {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,123}\\.(py|js)");

    public ParserRef {
        if (!ALLOWED.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "parser script reference must be a file name of A-Z a-z 0-9 . _ - that ends in .py or .js, up to 127 characters, but was "
                            + (value.length() > 140 ? value.length() + " characters long" : "'" + value + "'"));
        }
    }

    /** {@code python} or {@code javascript}, by the ending. */
    public String language() {
        return value.endsWith(".py") ? "python" : "javascript";
    }

    @Override
    public int compareTo(ParserRef other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
