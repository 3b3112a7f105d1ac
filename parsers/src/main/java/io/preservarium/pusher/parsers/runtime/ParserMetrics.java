package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.ParserRef;
import java.time.Duration;

/** What the runtime counts; a connector binds it to its registry. Called from script threads, so implementations must not wait. */
public interface ParserMetrics {

    /** One {@code format_command}; {@code took} is without waiting for a free context. */
    void formatted(ParserRef ref, boolean success, Duration took);

    /** One {@code parse}. */
    void parsed(ParserRef ref, boolean success, Duration took);

    /** One {@code match_reply}. */
    void matched(ParserRef ref, boolean success, Duration took);

    /** A version was loaded into a context, or could not be. */
    void loaded(ParserRef ref, boolean success, Duration took);

    /** A call found its version loaded in the context that ran it ({@code hit}), or had to load it. */
    void looked(ParserRef ref, boolean hit);

    /** Counts nothing. */
    static ParserMetrics none() {
        return new ParserMetrics() {
            @Override
            public void formatted(ParserRef ref, boolean success, Duration took) {}

            @Override
            public void parsed(ParserRef ref, boolean success, Duration took) {}

            @Override
            public void matched(ParserRef ref, boolean success, Duration took) {}

            @Override
            public void loaded(ParserRef ref, boolean success, Duration took) {}

            @Override
            public void looked(ParserRef ref, boolean hit) {}
        };
    }
}
