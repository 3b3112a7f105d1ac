package io.preservarium.pusher.command;

/** The name of a parser script, flat and unique in an installation: {@code [A-Za-z0-9_][A-Za-z0-9._-]{0,123}.(py|js)}. */
public record ParserRef(String value) implements Comparable<ParserRef> {

    private static final int LONGEST_NAME = 124;
    private static final int ENDING = 3;

    public ParserRef {
        if (!isAllowed(value)) {
            throw new IllegalArgumentException(
                    "parser script reference must be a file name of A-Z a-z 0-9 . _ - that ends in .py or .js, up to 127 characters, but was "
                            + (value.length() > 140 ? value.length() + " characters long" : "'" + value + "'"));
        }
    }

    /** Read for every command, so not by a regular expression. */
    private static boolean isAllowed(String value) {
        int name = value.length() - ENDING;
        if (name < 1 || name > LONGEST_NAME || !(value.endsWith(".py") || value.endsWith(".js"))) {
            return false;
        }
        for (int i = 0; i < name; i++) {
            char c = value.charAt(i);
            if (!isLetterOrDigit(c) && c != '_' && (i == 0 || c != '.' && c != '-')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
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
