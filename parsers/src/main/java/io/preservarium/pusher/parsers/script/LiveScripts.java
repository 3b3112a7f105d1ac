package io.preservarium.pusher.parsers.script;

import io.preservarium.pusher.command.ParserRef;
import java.util.Optional;
import java.util.function.Consumer;

/** Which version of each script is live; it changes while the runtime runs. Nothing here blocks. */
public interface LiveScripts {

    /** The script that a call made now runs. */
    Optional<ParserScript> live(ParserRef ref);

    /** Whether every place that scripts come from has been read, so that a missing script is missing. */
    boolean isListed();

    /** Calls {@code listener} after a version of a script was put, or taken away from over another one. It must not block. */
    void whenLive(Consumer<ParserRef> listener);
}
