package io.preservarium.pusher.command;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What one connector instance made of a version on the script topic. */
public record ScriptStatus(
        ParserRef ref, String instance, State state, Optional<Digest> sha256, Optional<String> message, Instant at) {

    /** What became of it. */
    public enum State {
        /** Commands are formatted by it. */
        LIVE,
        /** It does not load here, so the version before stays. */
        REFUSED,
        /** A script of a higher layer is used instead. */
        SHADOWED,
        /** It was removed from the topic. */
        REMOVED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<State> ofWord(String word) {
            return Arrays.stream(values())
                    .filter(state -> state.word().equals(word))
                    .findFirst();
        }
    }
}
