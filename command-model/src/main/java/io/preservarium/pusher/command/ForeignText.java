package io.preservarium.pusher.command;

/** Text that scripts, devices and brokers said, made fit for a record: well-formed Unicode (RFC 8259 section 8.2) and bounded. */
public final class ForeignText {

    private static final char REPLACEMENT = '\uFFFD';
    private static final char ELLIPSIS = '…';

    private ForeignText() {}

    /** Whether no half of a surrogate pair stands alone. */
    public static boolean isWellFormed(String text) {
        return firstHalf(text, 0) == text.length();
    }

    /** The text with each lone half of a surrogate pair as U+FFFD. */
    public static String wellFormed(String text) {
        int half = firstHalf(text, 0);
        if (half == text.length()) {
            return text;
        }
        StringBuilder whole = new StringBuilder(text);
        while (half < text.length()) {
            whole.setCharAt(half, REPLACEMENT);
            half = firstHalf(text, half + 1);
        }
        return whole.toString();
    }

    /** Well-formed and at most {@code max} UTF-16 units long; a longer text ends in an ellipsis and in no half character. */
    public static String bounded(String text, int max) {
        if (text.length() <= max) {
            return wellFormed(text);
        }
        int end = max - 1;
        if (Character.isHighSurrogate(text.charAt(end - 1)) && Character.isLowSurrogate(text.charAt(end))) {
            end--;
        }
        return wellFormed(text.substring(0, end)) + ELLIPSIS;
    }

    /** Where the next lone half stands, or the length. */
    private static int firstHalf(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            boolean isPair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!isPair) {
                return i;
            }
            i++;
        }
        return text.length();
    }
}
