package io.preservarium.pusher.delivery.book;

import static io.preservarium.pusher.delivery.Samples.START;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.journal.records.Origin;
import java.util.Optional;

/** Commands as the book gets them when their records are read. */
final class Arrivals {

    private Arrivals() {}

    static void accept(Book book, long offset, Command command, boolean startsAtOnce) {
        book.accept(
                new Waiting.Facts(
                        command.deviceId(),
                        offset,
                        command.requestId(),
                        command.commandType(),
                        START,
                        Optional.empty(),
                        command.expiresAt(),
                        command.notBefore(),
                        command.collapseKey(),
                        command.expect(),
                        command.parserScriptRef(),
                        Origin.REST),
                new Body(CommandJson.write(command), Optional.of(command)),
                START,
                startsAtOnce);
    }
}
