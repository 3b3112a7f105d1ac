package io.preservarium.pusher.command;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one connector instance has of a script.
 *
 * @param sha256 the version that the state is about
 * @param layers digest of the version in each layer that has one; commands are formatted by the highest
 */
public record ScriptStatus(
        ParserRef ref,
        String instance,
        State state,
        Optional<Digest> sha256,
        SortedMap<ParserLayer, Digest> layers,
        Optional<String> message,
        Instant at) {

    /** Of a script's own words. */
    private static final int MAX_MESSAGE_LENGTH = 4000;

    public ScriptStatus {
        message = message.map(text -> ForeignText.bounded(text, MAX_MESSAGE_LENGTH));
        layers = Collections.unmodifiableSortedMap(new TreeMap<>(layers));
    }

    /** Whether the other says the same, at whatever time. */
    public boolean saysWhat(ScriptStatus other) {
        return equals(new ScriptStatus(
                other.ref, other.instance, other.state, other.sha256, other.layers, other.message, at));
    }

    /** What became of it. */
    public enum State {
        /** Commands are formatted by it. */
        LIVE,
        /** The version on the topic does not load here, so what was live before stays. */
        REFUSED,
        /** A script of a higher layer is used instead. */
        SHADOWED,
        /** The connector has no such script any more. */
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
