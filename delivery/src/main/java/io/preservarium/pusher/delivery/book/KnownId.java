package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.Progress;
import java.time.Instant;
import java.util.Optional;

/** What the store knows of a (device, request id) pair; the key by which everything that arrives twice is recognised. */
sealed interface KnownId {

    /** It waits at this offset. */
    record Unfinished(long offset) implements KnownId {}

    /** It is finished; remembered until then so that it is never handed out again. */
    record Finished(Instant until) implements KnownId {}

    /**
     * Its events or its cancellation were read before its record: different topics have no common order.
     *
     * @param parserMissingSince as in {@link Waiting}
     */
    record Early(Progress progress, Optional<Waiting.Stop> stop, Optional<Instant> parserMissingSince, Instant until)
            implements KnownId {

        static Early of(Progress progress, Optional<Waiting.Stop> stop, Instant until) {
            return new Early(progress, stop, Optional.empty(), until);
        }
    }

    /** When it may be forgotten; never while it waits. */
    default Optional<Instant> forgottenAt() {
        return switch (this) {
            case Unfinished ignored -> Optional.empty();
            case Finished finished -> Optional.of(finished.until());
            case Early early -> Optional.of(early.until());
        };
    }
}
