package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.PayloadParser.Priority;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.book.BookView;
import io.preservarium.pusher.delivery.book.Place;
import io.preservarium.pusher.delivery.book.Waiting;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Formats each new command once, so that a failure is told now and not when the device wakes. The book lists what was
 * not formatted yet; it is taken from there in windows, a few at a time, so that a backlog holds up nobody's hand-out and
 * takes no memory.
 */
final class FirstChecks {

    private static final int WINDOW = 64;
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** Runs something after a pause. */
    interface Later {
        void after(Duration pause, Runnable what);
    }

    private final BookView book;
    private final Ownership ownership;
    private final CommandFormatter formatter;
    private final Decisions decisions;
    private final Lanes lanes;
    private final Executor executor;
    private final BooleanSupplier givesWay;
    private final Later later;
    private final int atOnce;
    private final int mostLanes;
    private final Set<Integer> partitions = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Long> nextOffset = new ConcurrentHashMap<>();
    // Guarded by this.
    private final Deque<Place> window = new ArrayDeque<>();
    private int running;
    private boolean isPulling;

    /**
     * @param givesWay while true, one after the other is checked, with a pause before each: commands that are still to be
     *     read cannot be handed out at all, and what is being sent without waiting for devices is mostly gone before it is
     *     its turn to be checked
     * @param atOnce formattings under way
     * @param mostLanes devices in motion beyond which nothing new is begun
     */
    FirstChecks(
            BookView book,
            Ownership ownership,
            CommandFormatter formatter,
            Decisions decisions,
            Lanes lanes,
            Executor executor,
            BooleanSupplier givesWay,
            Later later,
            int atOnce,
            int mostLanes) {
        this.book = book;
        this.ownership = ownership;
        this.formatter = formatter;
        this.decisions = decisions;
        this.lanes = lanes;
        this.executor = executor;
        this.givesWay = givesWay;
        this.later = later;
        this.atOnce = atOnce;
        this.mostLanes = mostLanes;
    }

    /** There is something to format in this partition. */
    void begin(int partition) {
        if (partitions.add(partition)) {
            pull();
        }
    }

    /** Looks at all of it again: what was passed over, or failed to be decided, is still in the book. */
    void again(int partition) {
        nextOffset.remove(partition);
        begin(partition);
    }

    private void pull() {
        synchronized (this) {
            if (isPulling) {
                return;
            }
            isPulling = true;
        }
        executor.execute(this::pullNow);
    }

    private void pullNow() {
        boolean goesOn = true;
        while (goesOn) {
            Optional<Place> next = Optional.empty();
            synchronized (this) {
                boolean isRoom = running < limit() && lanes.size() < mostLanes;
                if (isRoom) {
                    next = Optional.ofNullable(window.poll());
                }
                if (next.isPresent()) {
                    running++;
                } else if (!isRoom || partitions.isEmpty()) {
                    isPulling = false;
                    goesOn = false;
                }
            }
            if (next.isPresent()) {
                check(next.get());
            } else if (goesOn) {
                fill();
            }
        }
    }

    private void fill() {
        for (int partition : List.copyOf(partitions)) {
            // What comes in from here on asks again.
            partitions.remove(partition);
            long from = nextOffset.getOrDefault(partition, 0L);
            List<Place> places = book.unchecked(partition, from, WINDOW);
            if (!places.isEmpty()) {
                nextOffset.put(partition, places.get(places.size() - 1).offset() + 1);
            }
            if (places.size() == WINDOW) {
                partitions.add(partition);
            }
            synchronized (this) {
                window.addAll(places);
            }
        }
    }

    private int limit() {
        return givesWay.getAsBoolean() ? 1 : atOnce;
    }

    private void ended() {
        if (givesWay.getAsBoolean()) {
            later.after(PAUSE, this::endedNow);
        } else {
            endedNow();
        }
    }

    private void endedNow() {
        synchronized (this) {
            running--;
        }
        pull();
    }

    private void check(Place place) {
        lanes.here(place.device(), lane -> {
            boolean begun = false;
            try {
                begun = begin(lane, place);
            } finally {
                if (!begun) {
                    ended();
                }
            }
        });
    }

    /** True when a formatting was begun, which then ends by itself. */
    private boolean begin(Lane lane, Place place) {
        if (ownership.notReady(place.device()).isPresent()) {
            return false;
        }
        Optional<Waiting> waiting = book.waiting(place.device(), place.offset())
                .map(lane::over)
                .filter(stored -> stored.progress().state() == CommandState.ACCEPTED
                        && stored.stop().isEmpty());
        if (waiting.isEmpty()) {
            return false;
        }
        return format(lane, waiting.get(), this::ended);
    }

    /** Formats a command that does not go now; true when that was begun. */
    boolean format(Lane lane, Waiting waiting, Runnable after) {
        InMotion motion = lane.inMotion(waiting.facts());
        if (!motion.beginsCheck()) {
            return false;
        }
        Optional<Command> command =
                book.body(lane.device(), waiting.offset()).flatMap(body -> formatter.read(waiting, body));
        if (command.isEmpty()) {
            motion.checkOver();
            decisions.refuse(
                    lane,
                    waiting,
                    new Formatted.Refused(
                            Reason.INVALID_COMMAND, "its record can no longer be read", Optional.empty()));
            return false;
        }
        formatter.format(command.get(), Priority.CHECK).whenComplete((formatted, failure) -> {
            lanes.here(lane.device(), l -> {
                l.inMotion(waiting.requestId()).ifPresent(InMotion::checkOver);
                if (failure == null) {
                    formatted(l, waiting, formatted);
                }
            });
            after.run();
        });
        return true;
    }

    private void formatted(Lane lane, Waiting checked, Formatted formatted) {
        Optional<Waiting> current = book.waiting(checked.device(), checked.offset())
                .map(lane::over)
                .filter(now -> now.stop().isEmpty() && !now.progress().isFinal() && !now.isInFlight());
        if (current.isEmpty()) {
            return;
        }
        Waiting waiting = current.get();
        boolean isNew = waiting.progress().state() == CommandState.ACCEPTED;
        switch (formatted) {
            case Formatted.Bytes bytes -> {
                lane.inMotion(waiting.requestId()).ifPresent(InMotion::parserIsThere);
                if (isNew) {
                    StatusEvent.Builder queued = decisions
                            .about(waiting.facts(), CommandState.QUEUED)
                            .parser(Optional.of(bytes.version()));
                    waiting.facts().timeDoubt().ifPresent(queued::noting);
                    decisions.write(lane, waiting.facts(), queued.build());
                }
            }
            case Formatted.Missing missing ->
                decisions.parserAway(
                        lane,
                        waiting,
                        decisions.missing(lane, waiting, missing.ref().value()));
            case Formatted.Quarantined quarantined ->
                decisions.parserAway(lane, waiting, NextStep.whenParserIsAway(waiting, quarantined.why()));
            case Formatted.Refused refused -> decisions.refuse(lane, waiting, refused);
        }
    }
}
