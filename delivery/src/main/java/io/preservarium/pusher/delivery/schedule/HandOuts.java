package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.PayloadParser.Priority;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.delivery.DeliveryMetrics;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.book.BookView;
import io.preservarium.pusher.delivery.book.DeviceEntry;
import io.preservarium.pusher.delivery.book.KeptAnswer;
import io.preservarium.pusher.delivery.book.Waiting;
import io.preservarium.pusher.delivery.schedule.EventWriter.Recorded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Gives a device the command whose turn it is: reserve the device, read the head, format it, record the attempt together
 * with the uplink, hand out the bytes. Nothing is handed out that Kafka does not have as an attempt.
 */
final class HandOuts {

    /** Commands of one device between {@code sending} and what they expect. */
    private static final int IN_FLIGHT = 1;

    /** Commands of a device that are looked at in one go. */
    private static final int WINDOW = 32;

    private final BookView book;
    private final Ownership ownership;
    private final CommandFormatter formatter;
    private final Decisions decisions;
    private final EventWriter writer;
    private final Lanes lanes;
    private final Executor executor;
    private final Supplier<Now> clock;
    private final DeliveryMetrics metrics;
    /** While Kafka takes no uplinks, none is to cost an attempt: one must get there alone before the next command goes. */
    private volatile boolean uplinksFail;

    private final AtomicInteger underWay = new AtomicInteger();

    HandOuts(
            BookView book,
            Ownership ownership,
            CommandFormatter formatter,
            Decisions decisions,
            EventWriter writer,
            Lanes lanes,
            Executor executor,
            Supplier<Now> clock,
            DeliveryMetrics metrics) {
        this.book = book;
        this.ownership = ownership;
        this.formatter = formatter;
        this.decisions = decisions;
        this.writer = writer;
        this.lanes = lanes;
        this.executor = executor;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Whether a device's command is being looked for, formatted or recorded. */
    boolean areUnderWay() {
        return underWay.get() > 0;
    }

    CompletionStage<HandOut> begin(io.preservarium.pusher.command.DeviceId device, Turn turn) {
        Optional<String> notReady = ownership.notReady(device);
        if (notReady.isPresent()) {
            return recorded(turn, new HandOut.NotReady(notReady.get()));
        }
        boolean nothingWaits = !lanes.isBusy(device)
                && book.device(device).isEmpty()
                && storedAnswer(device, turn).isEmpty();
        if (nothingWaits) {
            return recorded(turn, new HandOut.Nothing());
        }
        underWay.incrementAndGet();
        lanes.here(device, lane -> begin(lane, turn));
        return turn.result().whenComplete((ended, broken) -> underWay.decrementAndGet());
    }

    private void begin(Lane lane, Turn turn) {
        if (lane.reserve(turn)) {
            try {
                take(lane, turn);
            } catch (RuntimeException | Error e) {
                end(lane, turn, new HandOut.NotRecorded("an internal error, see the log"));
                throw e;
            }
        }
    }

    private void take(Lane lane, Turn turn) {
        Optional<String> notReady = ownership.notReady(lane.device());
        if (notReady.isPresent()) {
            endRecorded(lane, turn, new HandOut.NotReady(notReady.get()));
            return;
        }
        Optional<KeptAnswer> given = answerInMotion(lane, turn).or(() -> storedAnswer(lane.device(), turn));
        if (given.isPresent()) {
            end(lane, turn, again(lane, given.get()));
            return;
        }
        if (uplinksFail && turn.uplink().isPresent()) {
            endRecorded(lane, turn, new HandOut.Nothing());
            return;
        }
        Optional<DeviceEntry> entry = book.device(lane.device());
        if (entry.isEmpty() || inFlight(lane, entry.get()) >= IN_FLIGHT) {
            endRecorded(lane, turn, new HandOut.Nothing());
            return;
        }
        Optional<Waiting> only = only(lane, entry.get());
        if (only.isPresent()) {
            give(lane, turn, only.get());
        } else {
            takeFrom(lane, turn, entry.get().head());
        }
    }

    /**
     * Where one command is left it is nearly always the newest: asking for it costs less than looking for the first. Ends
     * that the book reads back meanwhile can only make the count too high.
     */
    private Optional<Waiting> only(Lane lane, DeviceEntry entry) {
        if (entry.all() != 1 && !isOneLeft(lane, entry.all())) {
            return Optional.empty();
        }
        return book.eligible(lane.device(), entry.newest())
                .filter(newest -> decisions.settle(lane, newest) instanceof NextStep.MayGo)
                .map(lane::over);
    }

    /** Those that have ended are looked up only where they can be all but one. */
    private boolean isOneLeft(Lane lane, int unfinishedInBook) {
        return unfinishedInBook <= lane.finishedUnread().size() + 1 && unfinishedInBook - finishedButInBook(lane) == 1;
    }

    /** Few are looked up; of many none is, so that no look costs more than a window. */
    private long finishedButInBook(Lane lane) {
        Set<InMotion> finished = lane.finishedUnread();
        return finished.size() > WINDOW
                ? 0
                : finished.stream()
                        .filter(known -> book.waiting(
                                        lane.device(), known.facts().offset())
                                .isPresent())
                        .count();
    }

    private int inFlight(Lane lane, DeviceEntry entry) {
        int count = 0;
        for (long offset : entry.inFlight()) {
            Optional<Waiting> stored = book.waiting(lane.device(), offset);
            if (stored.isPresent() && decisions.settle(lane, stored.get()) instanceof NextStep.InFlight) {
                count++;
            }
        }
        for (InMotion motion : lane.leased()) {
            long offset = motion.facts().offset();
            if (!entry.inFlight().contains(offset)) {
                Optional<Waiting> stored = book.waiting(lane.device(), offset);
                if (stored.isPresent() && decisions.settle(lane, stored.get()) instanceof NextStep.InFlight) {
                    count++;
                }
            }
        }
        return count;
    }

    /** The command of the lowest offset that may go; those that do not hold others back are passed over. */
    private Optional<Waiting> firstThatMayGo(Lane lane, long head) {
        long from = lane.headAfter(head);
        boolean allFinished = true;
        while (true) {
            List<Long> offsets = lane.ahead(from);
            boolean isFresh = offsets.isEmpty();
            if (isFresh) {
                offsets = book.eligible(lane.device(), from, WINDOW);
                lane.readAhead(offsets);
            }
            for (long offset : offsets) {
                Optional<Waiting> candidate = book.eligible(lane.device(), offset);
                if (candidate.isPresent()) {
                    NextStep step = decisions.settle(lane, candidate.get());
                    if (step instanceof NextStep.MayGo) {
                        return candidate.map(lane::over);
                    }
                    allFinished &= step instanceof NextStep.Done;
                }
                if (allFinished) {
                    lane.finished(offset);
                }
                from = offset + 1;
            }
            if (isFresh && offsets.size() < WINDOW) {
                return Optional.empty();
            }
        }
    }

    /** Whether something may go now, for a route that pushes; it is asked for a turn and then knows better. */
    boolean somethingMayGo(Lane lane) {
        Optional<DeviceEntry> entry = book.device(lane.device());
        return entry.isPresent() && isMore(lane, entry.get().all()) && inFlight(lane, entry.get()) < IN_FLIGHT;
    }

    /** The book may have read back an end of which the lane has yet to hear. */
    private boolean isMore(Lane lane, int unfinishedInBook) {
        return unfinishedInBook > lane.finishedUnread().size() || unfinishedInBook > finishedButInBook(lane);
    }

    private void takeFrom(Lane lane, Turn turn, long from) {
        Optional<Waiting> head = firstThatMayGo(lane, from);
        if (head.isEmpty()) {
            endRecorded(lane, turn, new HandOut.Nothing());
        } else {
            give(lane, turn, head.get());
        }
    }

    private void give(Lane lane, Turn turn, Waiting waiting) {
        Optional<Command> command =
                book.body(lane.device(), waiting.offset()).flatMap(body -> formatter.read(waiting, body));
        if (command.isEmpty()) {
            decisions.refuse(
                    lane,
                    waiting,
                    new Formatted.Refused(
                            Reason.INVALID_COMMAND, "its record can no longer be read", Optional.empty()));
            takeFrom(lane, turn, waiting.offset() + 1);
            return;
        }
        formatter
                .format(command.get(), Priority.HAND_OUT)
                .whenComplete((formatted, failure) -> lanes.here(lane.device(), l -> {
                    if (failure != null) {
                        end(l, turn, new HandOut.NotRecorded("formatting broke: " + failure));
                    } else {
                        formatted(l, turn, waiting, command.get(), formatted);
                    }
                }));
    }

    private void formatted(Lane lane, Turn turn, Waiting waiting, Command command, Formatted formatted) {
        switch (formatted) {
            case Formatted.Bytes bytes -> {
                lane.inMotion(waiting.requestId()).ifPresent(InMotion::parserIsThere);
                record(lane, turn, waiting, command, bytes);
            }
            case Formatted.Missing missing -> {
                decisions.parserAway(
                        lane,
                        waiting,
                        decisions.missing(lane, waiting, missing.ref().value()));
                takeFrom(lane, turn, waiting.offset() + 1);
            }
            case Formatted.Quarantined quarantined -> {
                decisions.parserAway(lane, waiting, NextStep.whenParserIsAway(waiting, quarantined.why()));
                takeFrom(lane, turn, waiting.offset() + 1);
            }
            case Formatted.Refused refused -> {
                decisions.refuse(lane, waiting, refused);
                takeFrom(lane, turn, waiting.offset() + 1);
            }
        }
    }

    private void record(Lane lane, Turn turn, Waiting waiting, Command command, Formatted.Bytes formatted) {
        Now now = clock.get();
        Runnable leave = writer.enter(lane.device());
        Optional<Long> generation = ownership.generation(lane.device());
        Optional<String> notReady = ownership.notReady(lane.device());
        if (notReady.isPresent() || generation.isEmpty()) {
            leave.run();
            endRecorded(lane, turn, new HandOut.NotReady(notReady.orElse("the device's partition is not held here")));
            return;
        }
        if (turn.answerBy().isPresent() && !now.isBefore(turn.answerBy().getAsLong())
                || waiting.facts().isExpired(now.wall())) {
            leave.run();
            endRecorded(lane, turn, new HandOut.Nothing());
            return;
        }
        CompletableFuture<Recorded> uplink =
                turn.uplink().map(writer::write).orElseGet(() -> done(new Recorded.Done()));
        if (uplink.isDone() && uplink.join() instanceof Recorded.TooLarge tooLarge) {
            leave.run();
            end(lane, turn, new HandOut.TooLarge(tooLarge.why()));
            return;
        }
        int attempt = waiting.progress().attempt() + 1;
        StatusEvent.Builder builder = decisions
                .about(waiting.facts(), CommandState.SENDING)
                .attempt(attempt)
                .parser(Optional.of(formatted.version()))
                .bytes(Optional.of(StatusEvent.SentBytes.of(formatted.bytes())))
                .exchange(turn.exchange())
                .delivery(merged(formatted.delivery(), turn.facts()));
        List<String> notes = new ArrayList<>(formatted.warnings());
        waiting.facts().timeDoubt().filter(doubt -> attempt == 1).ifPresent(notes::add);
        if (!notes.isEmpty()) {
            builder.noting(String.join("; ", notes));
        }
        StatusEvent sending = builder.build();
        InMotion motion = lane.inMotion(waiting.facts());
        motion.wrote(sending);
        long leaseEnd = decisions.lease(lane, waiting, attempt, now);
        turn.exchange()
                .ifPresent(exchange -> motion.answered(new KeptAnswer(
                        exchange,
                        waiting.requestId(),
                        attempt,
                        formatted.version(),
                        formatted.bytes(),
                        now.wall().plus(KeptAnswer.EXCHANGE_LIFETIME))));
        HandOut.Offer offer = new HandOut.Offer(
                command, attempt, formatted.bytes(), formatted.version(), formatted.delivery(), formatted.warnings());
        writer.write(sending, waiting.facts().origin(), turn.exchange().map(exchange -> formatted.bytes()))
                .handle((ignored, failure) -> Optional.ofNullable(failure))
                .thenCombine(uplink, (failure, uplinked) -> new Outcome(failure, uplinked))
                .whenCompleteAsync(
                        (outcome, broken) -> {
                            leave.run();
                            lanes.here(
                                    lane.device(),
                                    l -> recorded(l, turn, sending, waiting, offer, generation, leaseEnd, outcome));
                        },
                        executor);
    }

    private record Outcome(Optional<Throwable> notWritten, Recorded uplink) {}

    /** After the acknowledgements it must still be the owner, and the device must still be there to answer. */
    private void recorded(
            Lane lane,
            Turn turn,
            StatusEvent sending,
            Waiting waiting,
            HandOut.Offer offer,
            Optional<Long> generation,
            long leaseEnd,
            Outcome outcome) {
        boolean isOwner = ownership.notReady(lane.device()).isEmpty()
                && ownership.generation(lane.device()).equals(generation);
        if (outcome.notWritten().isPresent()) {
            decisions.attemptNotRecorded(sending, outcome.notWritten().get());
            boolean isTooLarge = EventWriter.isTooLarge(outcome.notWritten().get());
            if (isTooLarge) {
                lane.inMotion(waiting.facts()).forget(sending);
                decisions.refuse(
                        lane,
                        waiting,
                        new Formatted.Refused(
                                Reason.PAYLOAD_TOO_LARGE,
                                "the record of the attempt is larger than Kafka takes",
                                Optional.of(offer.parser())));
            }
            end(
                    lane,
                    turn,
                    notUplinked(outcome.uplink()).orElse(new HandOut.NotReady("the attempt could not be recorded")));
            return;
        }
        metrics.event(sending);
        Optional<HandOut> notUplinked = notUplinked(outcome.uplink());
        if (notUplinked.isPresent()) {
            uplinksFail |= outcome.uplink() instanceof Recorded.Failed;
            decisions.free(lane, waiting, sending, "the uplink could not be recorded, so it got no answer");
            end(lane, turn, notUplinked.get());
        } else if (!isOwner) {
            // Whoever owns the device now reads the attempt and gives it its lease.
            end(lane, turn, new HandOut.NotReady("the device's partition went to another replica"));
        } else if (!clock.get().isBefore(turn.answerBy().orElse(leaseEnd))) {
            decisions.free(lane, waiting, sending, "the device could no longer be answered");
            end(lane, turn, new HandOut.Nothing());
        } else {
            end(lane, turn, offer);
        }
    }

    private static Optional<HandOut> notUplinked(Recorded uplink) {
        return switch (uplink) {
            case Recorded.Done ignored -> Optional.empty();
            case Recorded.TooLarge(String why) -> Optional.of(new HandOut.TooLarge(why));
            case Recorded.Failed(String why) -> Optional.of(new HandOut.NotRecorded(why));
        };
    }

    // --- retransmissions --------------------------------------------------------------------------------------------

    private static Optional<KeptAnswer> answerInMotion(Lane lane, Turn turn) {
        return turn.exchange().flatMap(lane::answered);
    }

    private Optional<KeptAnswer> storedAnswer(io.preservarium.pusher.command.DeviceId device, Turn turn) {
        if (turn.exchange().isEmpty()) {
            return Optional.empty();
        }
        return book.answer(device)
                .filter(answer -> answer.exchange().equals(turn.exchange().get())
                        && clock.get().wall().isBefore(answer.until()));
    }

    /** The same bytes; with the attempt while its outcome is open, so that what leaves now is its evidence. */
    private HandOut again(Lane lane, KeptAnswer answer) {
        Optional<Waiting> open = book.device(lane.device()).stream()
                .flatMap(entry -> entry.inFlight().stream())
                .map(offset -> book.waiting(lane.device(), offset))
                .flatMap(Optional::stream)
                .map(lane::over)
                .filter(waiting -> waiting.requestId().equals(answer.requestId())
                        && waiting.progress().state() == CommandState.SENDING
                        && waiting.progress().attempt() == answer.attempt())
                .findFirst()
                .or(() -> lane.inMotion(answer.requestId())
                        .flatMap(motion ->
                                book.waiting(lane.device(), motion.facts().offset()))
                        .map(lane::over)
                        .filter(waiting -> waiting.progress().state() == CommandState.SENDING
                                && waiting.progress().attempt() == answer.attempt()));
        Optional<Command> command = open.flatMap(
                waiting -> book.body(lane.device(), waiting.offset()).flatMap(body -> formatter.read(waiting, body)));
        return command.<HandOut>map(found -> new HandOut.Offer(
                        found, answer.attempt(), answer.bytes(), answer.parser(), Map.of(), List.of()))
                .orElseGet(() -> new HandOut.Again(answer.bytes()));
    }

    // --- the end of a turn ------------------------------------------------------------------------------------------

    private void endRecorded(Lane lane, Turn turn, HandOut otherwise) {
        next(lane);
        recorded(turn, otherwise).whenComplete((handOut, failure) -> turn.result()
                .complete(failure == null ? handOut : new HandOut.NotRecorded(failure.toString())));
    }

    private void end(Lane lane, Turn turn, HandOut handOut) {
        next(lane);
        turn.result().complete(handOut);
    }

    private void next(Lane lane) {
        lane.release().ifPresent(waiting -> lanes.elsewhere(lane.device(), l -> begin(l, waiting)));
    }

    private CompletionStage<HandOut> recorded(Turn turn, HandOut otherwise) {
        Optional<Uplink> uplink = turn.uplink();
        return uplink.<CompletionStage<HandOut>>map(sent -> writer.write(sent).thenApply(recorded -> {
                    metrics.uplink(recorded instanceof Recorded.Done);
                    if (recorded instanceof Recorded.Done) {
                        uplinksFail = false;
                    }
                    return notUplinked(recorded).orElse(otherwise);
                }))
                .orElseGet(() -> done(otherwise));
    }

    private static <T> CompletableFuture<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private static Map<String, Object> merged(Map<String, Object> first, Map<String, Object> second) {
        Map<String, Object> all = new LinkedHashMap<>(first);
        all.putAll(second);
        return all;
    }
}
