package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.journal.store.WritePlan;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/**
 * In which order rows are written out, so that a crash in between leaves nothing that reading the topics again does not
 * set right: up to where there may be bodies, bodies, the ids of what waits, the commands and what points to them, then
 * what is deleted in the other direction, the ids that are finished, and last the counts of devices. A count names the
 * newest command in it, so it tells that all of that command was written.
 */
final class BookPlan implements WritePlan {

    @Override
    public int phases() {
        return 8;
    }

    @Override
    public int phase(Bytes key, Optional<Object> row) {
        return switch (key.get()[0]) {
            case BookKeys.BODIES_BEFORE -> 0;
            case BookKeys.DEVICE -> 7;
            case BookKeys.ID -> row.filter(KnownId.Unfinished.class::isInstance).isPresent() ? 2 : 6;
            case BookKeys.ELIGIBLE, BookKeys.HELD -> row.isPresent() ? 3 : 5;
            case BookKeys.BODY -> row.isPresent() ? 1 : 4;
            // The event that moves its command on is read again.
            case BookKeys.UNCHECKED -> row.isPresent() ? 3 : 2;
            default -> row.isPresent() ? 3 : 4;
        };
    }

    /** What is asked for when a command moves on. Nobody asks for an id that is finished but to find that it is. */
    @Override
    public boolean isReadSoon(Bytes key, Object row) {
        return switch (key.get()[0]) {
            case BookKeys.DEVICE, BookKeys.ELIGIBLE, BookKeys.HELD, BookKeys.BODY -> true;
            case BookKeys.ID -> row instanceof KnownId.Unfinished;
            default -> false;
        };
    }
}
