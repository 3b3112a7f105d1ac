package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.book.Waiting;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One device in motion: its work is done one piece after the other, and a hand-out reserves it from reading the head to
 * the recorded attempt.
 */
final class Lane {

    private final DeviceId device;
    // Guarded by this.
    private final Deque<Consumer<Lane>> work = new ArrayDeque<>(2);
    private boolean isWorking;
    // Guarded by the map of lanes.
    private int entered;
    // Only work touches what follows.
    private final Map<RequestId, InMotion> inMotion = new HashMap<>(4);
    private final Deque<Turn> turns = new ArrayDeque<>(1);
    private boolean isReserved;
    private volatile boolean isInFlight;
    private volatile boolean wakesLater;
    private volatile boolean fromTheHead;
    private long passed = -1;
    private List<Long> ahead = List.of();

    Lane(DeviceId device) {
        this.device = device;
    }

    DeviceId device() {
        return device;
    }

    // --- doing one thing after the other ----------------------------------------------------------------------------

    void enter() {
        entered++;
    }

    /** True when the lane can be forgotten. */
    boolean leave() {
        entered--;
        return entered == 0 && inMotion.isEmpty() && turns.isEmpty() && !isReserved;
    }

    /** True when the caller is the one to do what is waiting. */
    synchronized boolean add(Consumer<Lane> piece) {
        work.add(piece);
        boolean mine = !isWorking;
        isWorking = true;
        return mine;
    }

    synchronized Optional<Consumer<Lane>> next() {
        Optional<Consumer<Lane>> piece = Optional.ofNullable(work.poll());
        isWorking = piece.isPresent();
        return piece;
    }

    // --- reservation ------------------------------------------------------------------------------------------------

    /** False when another hand-out has it; the turn comes after that one. */
    boolean reserve(Turn turn) {
        if (isReserved) {
            turns.add(turn);
            return false;
        }
        isReserved = true;
        return true;
    }

    /** Gives back the turn that waited. */
    Optional<Turn> release() {
        isReserved = false;
        return Optional.ofNullable(turns.poll());
    }

    /**
     * True when an attempt waits for its outcome: the device is then woken after that, however the two cross. Any thread
     * may ask.
     */
    boolean wakesLater() {
        if (!isInFlight) {
            return false;
        }
        wakesLater = true;
        return isInFlight;
    }

    /** Whether somebody relies on being woken now that nothing waits for its outcome any more. */
    boolean isToBeWoken() {
        boolean wakes = !isInFlight && wakesLater;
        if (wakes) {
            wakesLater = false;
        }
        return wakes;
    }

    // --- the way along the device's commands ------------------------------------------------------------------------

    /** What was passed is looked at again; any thread may say so. */
    void lookFromTheHead() {
        fromTheHead = true;
    }

    /** The lowest offset that can still go: everything before it is finished, though the book may not know yet. */
    long headAfter(long head) {
        if (fromTheHead) {
            fromTheHead = false;
            passed = -1;
            ahead = List.of();
        }
        return Math.max(head, passed + 1);
    }

    void finished(long offset) {
        passed = Math.max(passed, offset);
    }

    /** Offsets read before, from {@code from} on. */
    List<Long> ahead(long from) {
        if (ahead.isEmpty() || ahead.get(0) > from) {
            return List.of();
        }
        int first = 0;
        while (first < ahead.size() && ahead.get(first) < from) {
            first++;
        }
        return ahead.subList(first, ahead.size());
    }

    void readAhead(List<Long> offsets) {
        ahead = offsets;
    }

    // --- memory -----------------------------------------------------------------------------------------------------

    InMotion inMotion(Waiting.Facts facts) {
        return inMotion.computeIfAbsent(facts.requestId(), id -> new InMotion(facts));
    }

    Optional<InMotion> inMotion(RequestId request) {
        return Optional.ofNullable(inMotion.get(request));
    }

    Collection<InMotion> inMotion() {
        return inMotion.values();
    }

    Waiting over(Waiting stored) {
        InMotion known = inMotion.get(stored.requestId());
        return known == null ? stored : known.over(stored);
    }

    NextStep.Remembered remembered(Waiting waiting) {
        InMotion known = inMotion.get(waiting.requestId());
        return known == null ? NextStep.Remembered.NOTHING : known.remembered();
    }

    /** What an earlier time as the owner left behind: others have finished it since. */
    void forgetUnless(Predicate<InMotion> isKnown) {
        inMotion.values().removeIf(known -> !isKnown.test(known));
        lookFromTheHead();
    }

    void readBack(StatusEvent event) {
        InMotion known = inMotion.get(event.requestId());
        if (known != null) {
            known.forget(event);
            if (event.state() != CommandState.SENDING) {
                known.attemptOver(event.attempt());
            }
            if (event.isFinal()) {
                inMotion.remove(event.requestId());
            }
        }
    }

    /** Commands that are finished here and whose end was not heard of from the book yet, those that {@code counts}. */
    int finishedUnread(Predicate<InMotion> counts) {
        int count = 0;
        for (InMotion known : inMotion.values()) {
            count += known.hasEnded() && counts.test(known) ? 1 : 0;
        }
        return count;
    }

    void tidy(Now now) {
        if (!inMotion.isEmpty()) {
            inMotion.values().removeIf(known -> known.isOver(now));
        }
        isInFlight = inMotion.values().stream().anyMatch(InMotion::hasLease);
    }
}
