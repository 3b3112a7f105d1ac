package io.preservarium.pusher.delivery.book;

import static io.preservarium.pusher.delivery.Samples.START;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.delivery.Samples;
import java.util.Optional;

/** Commands as the book gets them when their records are read. */
final class Arrivals {

    private Arrivals() {}

    static void accept(Book book, long offset, Command command, boolean startsAtOnce) {
        book.accept(
                Samples.facts(command, offset),
                new Body(CommandJson.write(command), Optional.of(command)),
                START,
                startsAtOnce);
    }
}
