package io.preservarium.pusher.parsers.tool;

import io.preservarium.pusher.parsers.check.ParserCheck.FailedExample;
import java.util.List;

/** What an example expected over what came; bytes one by one, with a mark under each that differs. */
final class Difference {

    private static final String BYTES = "bytes ";
    private static final int MOST_BYTES = 64;

    private Difference() {}

    static List<String> lines(FailedExample failure) {
        if (!failure.expected().startsWith(BYTES) || !failure.actual().startsWith(BYTES)) {
            return List.of("expected " + failure.expected(), "but was  " + failure.actual());
        }
        String expected = failure.expected().substring(BYTES.length());
        String actual = failure.actual().substring(BYTES.length());
        int first = firstDifference(expected, actual);
        // Of many bytes those around the first difference.
        int from = Math.max(0, first - MOST_BYTES / 4);
        StringBuilder marks = new StringBuilder();
        for (int n = from; n < Math.min(from + MOST_BYTES, Math.max(count(expected), count(actual))); n++) {
            marks.append(at(expected, n).equals(at(actual, n)) ? "   " : "^^ ");
        }
        String at = from == 0 ? "" : "from byte " + from + ": ";
        return List.of(
                "expected " + at + spaced(expected, from),
                "but was  " + at + spaced(actual, from),
                "         " + " ".repeat(at.length()) + marks.toString().stripTrailing());
    }

    private static int firstDifference(String expected, String actual) {
        int n = 0;
        while (at(expected, n).equals(at(actual, n))) {
            n++;
        }
        return n;
    }

    private static int count(String hex) {
        return hex.length() / 2;
    }

    /** Empty beyond the end. */
    private static String at(String hex, int n) {
        return n < count(hex) ? hex.substring(2 * n, 2 * n + 2) : "";
    }

    private static String spaced(String hex, int from) {
        StringBuilder text = new StringBuilder();
        for (int n = from; n < Math.min(from + MOST_BYTES, count(hex)); n++) {
            text.append(at(hex, n)).append(' ');
        }
        return text.toString().stripTrailing();
    }
}
