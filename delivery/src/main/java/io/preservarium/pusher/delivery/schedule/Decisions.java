package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.DeliveryLog;
import io.preservarium.pusher.delivery.DeliveryMetrics;
import io.preservarium.pusher.delivery.DeliveryRules;
import io.preservarium.pusher.delivery.book.BookView;
import io.preservarium.pusher.delivery.book.Place;
import io.preservarium.pusher.delivery.book.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Turns what is decided about a command into an event and remembers it until it is read back. Called inside the device's lane. */
final class Decisions {

    /** A script that is away is not asked for again and again by every uplink. */
    private static final Duration PARSER_PAUSE = Duration.ofSeconds(1);

    private final DeliveryRules rules;
    private final Protocol protocol;
    private final String source;
    private final BookView book;
    private final EventWriter writer;
    private final Lanes lanes;
    private final Leases leases;
    private final Leases parserWaits = new Leases();
    private final Supplier<Now> clock;
    private final DeliveryMetrics metrics;

    Decisions(
            DeliveryRules rules,
            Protocol protocol,
            String source,
            BookView book,
            EventWriter writer,
            Lanes lanes,
            Leases leases,
            Supplier<Now> clock,
            DeliveryMetrics metrics) {
        this.rules = rules;
        this.protocol = protocol;
        this.source = source;
        this.book = book;
        this.writer = writer;
        this.lanes = lanes;
        this.leases = leases;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** What may be done with the command now; everything that is decided already is written. */
    NextStep settle(Lane lane, Waiting stored) {
        Waiting waiting = lane.over(stored);
        NextStep step = decide(lane, waiting);
        while (step instanceof NextStep.Write write) {
            waiting = write(lane, waiting, write);
            step = decide(lane, waiting);
        }
        return step;
    }

    private NextStep decide(Lane lane, Waiting waiting) {
        Now now = clock.get();
        if (waiting.progress().state() == CommandState.SENDING
                && lane.remembered(waiting).leaseEnd().isEmpty()) {
            // Another process made the attempt: its lease counts from here, whatever either clock says.
            lease(lane, waiting, waiting.progress().attempt(), now);
        }
        return NextStep.decide(waiting, lane.remembered(waiting), now, rules);
    }

    /** Gives back when the lease ends. */
    long lease(Lane lane, Waiting waiting, int attempt, Now now) {
        long end = now.nanos() + rules.attemptLease().toNanos();
        lane.inMotion(waiting.facts()).leaseUntil(attempt, end);
        leases.add(new Place(waiting.device(), waiting.offset()), end);
        return end;
    }

    Waiting write(Lane lane, Waiting waiting, NextStep.Write step) {
        return write(lane, waiting, step, Optional.empty());
    }

    private Waiting write(Lane lane, Waiting waiting, NextStep.Write step, Optional<Formatted.Refused> refusal) {
        StatusEvent.Builder builder =
                about(waiting.facts(), step.state()).attempt(waiting.progress().attempt());
        if (step.reason().isPresent()) {
            builder.because(step.reason().get(), step.message().orElse(""));
        } else {
            step.message().ifPresent(builder::noting);
        }
        refusal.ifPresent(refused -> builder.parser(refused.version()));
        StatusEvent event = builder.build();
        write(lane, waiting.facts(), event);
        if (event.state() == CommandState.FAILED) {
            deadLetter(waiting.facts(), event);
        }
        return waiting.with(waiting.progress().apply(event).progress());
    }

    StatusEvent.Builder about(Waiting.Facts facts, CommandState state) {
        return StatusEvent.about(
                facts.requestId(),
                facts.device(),
                facts.commandType(),
                protocol,
                facts.expect(),
                state,
                clock.get().wall(),
                source);
    }

    /** A decision that does not get into Kafka is forgotten; the book names the command again until it is decided. */
    void write(Lane lane, Waiting.Facts facts, StatusEvent event) {
        InMotion motion = lane.inMotion(facts);
        motion.wrote(event);
        if (event.state() != CommandState.SENDING) {
            motion.attemptOver(event.attempt());
        }
        if (!event.isFinal()) {
            lane.lookFromTheHead();
        }
        DeliveryLog.LOG.decided(event);
        metrics.event(event);
        writer.write(event, facts.origin()).whenComplete((ignored, failure) -> {
            if (failure != null) {
                DeliveryLog.LOG.notWritten(event, failure);
                lanes.elsewhere(facts.device(), l -> {
                    l.inMotion(facts.requestId()).ifPresent(known -> known.forget(event));
                    l.lookFromTheHead();
                });
            }
        });
    }

    void deadLetter(Waiting.Facts facts, StatusEvent event) {
        book.body(facts.device(), facts.offset()).ifPresent(body -> writer.writeDeadLetter(body.record(), event));
    }

    void refuse(Lane lane, Waiting waiting, Formatted.Refused refused) {
        write(
                lane,
                waiting,
                new NextStep.Write(CommandState.FAILED, Optional.of(refused.reason()), Optional.of(refused.message())),
                Optional.of(refused));
    }

    /** Its script is not here, or broke its limits for others: it waits, and holds nobody back meanwhile. */
    void parserAway(Lane lane, Waiting waiting, NextStep step) {
        Now now = clock.get();
        switch (step) {
            case NextStep.Write write -> write(lane, waiting, write);
            case NextStep.Later ignored -> {}
            case NextStep.MayGo ignored -> {}
            case NextStep.InFlight ignored -> {}
            case NextStep.Done ignored -> {}
        }
        lane.inMotion(waiting.facts()).pauseUntil(now.nanos() + PARSER_PAUSE.toNanos());
    }

    /** The attempt did not lead to bytes that left; it is free at once. */
    void free(Lane lane, Waiting waiting, StatusEvent sending, String why) {
        Optional<Waiting> open = book.waiting(waiting.device(), waiting.offset())
                .map(lane::over)
                .filter(now -> now.progress().state() == CommandState.SENDING
                        && now.progress().attempt() == sending.attempt());
        open.ifPresent(now -> write(
                lane,
                now,
                NextStep.afterAttempt(
                        now,
                        now.facts().isExpired(clock.get().wall()),
                        rules,
                        "attempt " + sending.attempt() + ": " + why)));
    }

    /** Nobody knows whether Kafka has it, so its lease decides. */
    void attemptNotRecorded(StatusEvent sending, Throwable failure) {
        DeliveryLog.LOG.notWritten(sending, failure);
    }

    /** Names every command that lost its script and has waited for it as long as it may. */
    void endParserWaits(Consumer<Place> action) {
        parserWaits.ended(clock.get(), action);
    }

    /**
     * Its script is not there. Of a new command an event says so, and the book tells when the wait is over; for one that was
     * queued before, when its script was there, this process remembers and looks again then.
     */
    NextStep missing(Lane lane, Waiting waiting, String ref) {
        Now now = clock.get();
        Instant since = waiting.parserMissingSince().orElse(now.wall());
        if (waiting.parserMissingSince().isEmpty() && waiting.progress().state() != CommandState.ACCEPTED) {
            InMotion motion = lane.inMotion(waiting.facts());
            if (!motion.isParserMissing()) {
                parserWaits.add(
                        new Place(waiting.device(), waiting.offset()),
                        now.nanos() + rules.parserWait().toNanos());
            }
            since = motion.parserMissing(now.wall());
        }
        return NextStep.whenParserIsMissing(waiting, ref, since, now.wall(), rules);
    }
}
