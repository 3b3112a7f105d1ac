package io.preservarium.pusher.command.wire;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known word a mistyped one was meant to be: at most two edits away (Levenshtein), or the same but for case and separators. */
final class Nearest {

    private static final int MAX_LENGTH = 64;
    private static final int MAX_EDITS = 2;

    private Nearest() {}

    static Optional<String> to(String word, Collection<String> known) {
        if (word.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String letters = letters(word);
        return known.stream()
                .filter(candidate -> edits(letters, letters(candidate)) <= MAX_EDITS)
                .min(Comparator.comparingInt(candidate -> edits(letters, letters(candidate))));
    }

    private static String letters(String word) {
        return word.replaceAll("[^A-Za-z0-9]", "").toLowerCase(java.util.Locale.ROOT);
    }

    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                row[j] = Math.min(
                        Math.min(row[j] + 1, row[j - 1] + 1), diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
