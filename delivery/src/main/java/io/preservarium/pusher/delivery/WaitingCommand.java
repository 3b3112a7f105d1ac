package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import java.time.Instant;
import java.util.Optional;

/**
 * One unfinished command as the store remembers it.
 *
 * @param offset of its record, which gives the order among the commands of the device
 * @param origin the door it came in by: rest, kafka or k8s
 * @param stop set when it shall not be done (any more)
 * @param exchange the exchange its latest attempt answered, so that a retransmission gets the same command
 * @param dueAt when the deadlines have to be looked at next
 */
record WaitingCommand(
        long offset,
        Instant acceptedAt,
        Command command,
        Progress progress,
        String origin,
        Optional<Stop> stop,
        Optional<String> exchange,
        Instant dueAt) {

    /** Why a command shall end as {@code state} as soon as it is not in flight. */
    record Stop(CommandState state, Reason reason, String message) {
        Stop {
            if (state != CommandState.CANCELLED && state != CommandState.FAILED) {
                throw new IllegalArgumentException("a stop must cancel or fail but was " + state);
            }
        }
    }

    WaitingCommand with(Progress next) {
        return new WaitingCommand(offset, acceptedAt, command, next, origin, stop, exchange, dueAt);
    }

    WaitingCommand stoppedBy(Stop why) {
        return stop.isPresent()
                ? this
                : new WaitingCommand(offset, acceptedAt, command, progress, origin, Optional.of(why), exchange, dueAt);
    }

    WaitingCommand answering(Optional<String> newExchange) {
        return new WaitingCommand(offset, acceptedAt, command, progress, origin, stop, newExchange, dueAt);
    }

    WaitingCommand dueAt(Instant when) {
        return new WaitingCommand(offset, acceptedAt, command, progress, origin, stop, exchange, when);
    }
}
