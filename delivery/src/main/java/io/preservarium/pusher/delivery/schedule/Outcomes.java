package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.DeliveryMetrics;
import io.preservarium.pusher.delivery.DeliveryRules;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.book.BookView;
import io.preservarium.pusher.delivery.book.Waiting;
import io.preservarium.pusher.journal.records.Origin;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What a connector tells about an offer becomes the event that says so, and the device's next command may go. */
final class Outcomes {

    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final int MOST_DOUBLINGS = 5;

    /** Calls back about a device after a pause. */
    interface Later {
        void after(Duration pause, Consumer<Lane> piece, io.preservarium.pusher.command.DeviceId device);
    }

    private final DeliveryRules rules;
    private final BookView book;
    private final Decisions decisions;
    private final EventWriter writer;
    private final Lanes lanes;
    private final Supplier<Now> clock;
    private final Later later;
    private final RandomGenerator random;
    private final Consumer<Lane> wakeNext;
    private final String source;
    private final DeliveryMetrics metrics;

    Outcomes(
            DeliveryRules rules,
            BookView book,
            Decisions decisions,
            EventWriter writer,
            Lanes lanes,
            Supplier<Now> clock,
            Later later,
            RandomGenerator random,
            Consumer<Lane> wakeNext,
            String source,
            DeliveryMetrics metrics) {
        this.rules = rules;
        this.book = book;
        this.decisions = decisions;
        this.writer = writer;
        this.lanes = lanes;
        this.clock = clock;
        this.later = later;
        this.random = random;
        this.wakeNext = wakeNext;
        this.source = source;
        this.metrics = metrics;
    }

    /** The bytes left. What the script wanted people to know stands beside what the route has to say. */
    void sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note) {
        Now now = clock.get();
        lanes.here(offer.command().deviceId(), lane -> {
            Map<String, Object> all = new LinkedHashMap<>(offer.delivery());
            all.putAll(facts);
            StatusEvent.Builder builder = about(offer, CommandState.SENT, now).delivery(all);
            List<String> notes = new java.util.ArrayList<>(offer.warnings());
            note.ifPresent(notes::add);
            if (!notes.isEmpty()) {
                builder.noting(String.join("; ", notes));
            }
            tell(lane, offer, builder.build());
            metrics.sent(offer.command(), now.wall());
            wakeNext.accept(lane);
        });
    }

    /** The other side refused for good. */
    void refused(HandOut.Offer offer, Reason reason, String why) {
        Now now = clock.get();
        lanes.here(offer.command().deviceId(), lane -> {
            StatusEvent event =
                    about(offer, CommandState.FAILED, now).because(reason, why).build();
            tell(lane, offer, event);
            lane.inMotion(offer.command().requestId()).ifPresent(motion -> decisions.deadLetter(motion.facts(), event));
            wakeNext.accept(lane);
        });
    }

    private StatusEvent.Builder about(HandOut.Offer offer, CommandState state, Now now) {
        return StatusEvent.about(offer.command(), state, now.wall(), source)
                .attempt(offer.attempt())
                .parser(Optional.of(offer.parser()))
                .bytes(Optional.of(StatusEvent.SentBytes.of(offer.bytes())));
    }

    /** Nobody could find this evidence again, so it is written until Kafka has it. */
    private void tell(Lane lane, HandOut.Offer offer, StatusEvent event) {
        Optional<InMotion> motion = lane.inMotion(offer.command().requestId());
        motion.ifPresent(known -> {
            known.wrote(event);
            known.attemptOver(event.attempt());
        });
        metrics.event(event);
        writer.writeUntilTaken(
                event, motion.map(known -> known.facts().origin()).orElse(Origin.KAFKA));
    }

    /** The bytes did not leave; the command goes back to the queue, or fails when it had its attempts. */
    void notSent(HandOut.Offer offer, String why) {
        lanes.here(offer.command().deviceId(), lane -> {
            Optional<Waiting> waiting = lane.inMotion(offer.command().requestId())
                    .flatMap(
                            motion -> book.waiting(lane.device(), motion.facts().offset()))
                    .map(lane::over)
                    .filter(now -> now.progress().state() == CommandState.SENDING
                            && now.progress().attempt() == offer.attempt());
            if (waiting.isPresent()) {
                Now now = clock.get();
                Waiting.Facts facts = waiting.get().facts();
                decisions.write(
                        lane,
                        waiting.get(),
                        NextStep.afterAttempt(
                                waiting.get(),
                                facts.isExpired(now.wall()),
                                rules,
                                "attempt " + offer.attempt() + ": " + why));
                Duration pause = pause(offer.attempt());
                lane.inMotion(facts).pauseUntil(now.nanos() + pause.toNanos());
                later.after(pause, wakeNext, lane.device());
            }
            wakeNext.accept(lane);
        });
    }

    /** Doubled with each attempt, and between half of that and all of it, so that many do not come back at once. */
    private Duration pause(int attempt) {
        long longest = FIRST_RETRY.toMillis() << Math.min(attempt - 1, MOST_DOUBLINGS);
        return Duration.ofMillis(random.nextLong(longest / 2, longest + 1));
    }
}
