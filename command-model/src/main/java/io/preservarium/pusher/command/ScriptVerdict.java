package io.preservarium.pusher.command;

import java.util.List;

/** What a connector said of a script: whether it may go live. */
public sealed interface ScriptVerdict {

    /** It loads, and its examples (which may be none) pass. */
    record Passed(Digest sha256, int examples) implements ScriptVerdict {}

    /** It must not go live; {@code message} is for who wrote it, {@code failures} are the examples that came out differently. */
    record Refused(String message, List<Failure> failures) implements ScriptVerdict {
        public Refused {
            message = ForeignText.wellFormed(message);
            failures = List.copyOf(failures);
        }
    }

    /** One example. */
    record Failure(String example, String expected, String actual) {
        public Failure {
            example = ForeignText.wellFormed(example);
            expected = ForeignText.wellFormed(expected);
            actual = ForeignText.wellFormed(actual);
        }
    }
}
