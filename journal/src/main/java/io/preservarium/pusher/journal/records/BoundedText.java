package io.preservarium.pusher.journal.records;

/** Text for people, made to fit. */
final class BoundedText {

    private static final char REPLACEMENT = '\uFFFD';

    private BoundedText() {}

    /** At most about so many characters, valid Unicode, and it says when it was cut. */
    static String of(String text, int most) {
        if (text.length() <= most) {
            return valid(text);
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return valid(text.substring(0, end)) + "… (cut, " + text.length() + " characters)";
    }

    /** Half a surrogate pair cannot be written as JSON. */
    private static String valid(String text) {
        StringBuilder valid = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                valid.append(c).append(text.charAt(++i));
            } else {
                valid.append(Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return valid.toString();
    }
}
