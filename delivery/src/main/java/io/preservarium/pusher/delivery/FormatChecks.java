package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** First formattings of new commands, a few at a time, so that a flood of new commands does not starve the hand-outs. */
final class FormatChecks {

    private static final int AT_ONCE = 16;

    private record Waiting(Command command, CompletableFuture<Formatted> result) {}

    private final Function<Command, CompletionStage<Formatted>> format;
    private final Queue<Waiting> queue = new ArrayDeque<>();
    private int running;

    FormatChecks(Function<Command, CompletionStage<Formatted>> format) {
        this.format = format;
    }

    CompletableFuture<Formatted> check(Command command) {
        CompletableFuture<Formatted> result = new CompletableFuture<>();
        synchronized (this) {
            queue.add(new Waiting(command, result));
        }
        startNext();
        return result;
    }

    private void startNext() {
        Waiting next;
        synchronized (this) {
            if (running == AT_ONCE || queue.isEmpty()) {
                return;
            }
            running++;
            next = queue.remove();
        }
        format.apply(next.command()).whenComplete((formatted, failure) -> {
            synchronized (this) {
                running--;
            }
            if (failure == null) {
                next.result().complete(formatted);
            } else {
                next.result().completeExceptionally(failure);
            }
            startNext();
        });
    }
}
