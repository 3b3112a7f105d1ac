package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.Command;
import java.util.Optional;

/**
 * A command's record.
 *
 * @param record its bytes as they stood in the topic
 * @param command what they say, where they were read a moment ago
 */
public record Body(byte[] record, Optional<Command> command) {

    /** The bytes alone: of a command that is never formatted nothing else is kept. */
    Body unread() {
        return new Body(record, Optional.empty());
    }
}
