package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.book.KeptAnswer;
import io.preservarium.pusher.delivery.book.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    // Of those in motion, so that no piece of work looks at all of them: of a flood nearly everything is.
    private final List<InMotion> touched = new ArrayList<>(2);
    private Set<InMotion> special = Set.of();
    private Set<InMotion> finished = Set.of();
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
        InMotion known = inMotion.computeIfAbsent(facts.requestId(), id -> new InMotion(facts));
        touched.add(known);
        return known;
    }

    Optional<InMotion> inMotion(RequestId request) {
        Optional<InMotion> known = Optional.ofNullable(inMotion.get(request));
        known.ifPresent(touched::add);
        return known;
    }

    /** Those whose attempt waits for its outcome. */
    List<InMotion> leased() {
        return special(InMotion::hasLease);
    }

    /** The answer that this exchange got, while its attempt was not read back. */
    Optional<KeptAnswer> answered(String exchange) {
        return special(motion -> motion.answer()
                        .filter(answer -> answer.exchange().equals(exchange))
                        .isPresent())
                .stream()
                .findFirst()
                .flatMap(InMotion::answer);
    }

    private List<InMotion> special(Predicate<InMotion> which) {
        if (special.isEmpty() && touched.isEmpty()) {
            return List.of();
        }
        Set<InMotion> candidates = new LinkedHashSet<>(special);
        for (InMotion known : touched) {
            if (isIn(known)) {
                candidates.add(known);
            }
        }
        return candidates.stream().filter(which).toList();
    }

    private boolean isIn(InMotion known) {
        return inMotion.get(known.facts().requestId()) == known;
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
        for (InMotion known : List.copyOf(inMotion.values())) {
            if (!isKnown.test(known)) {
                remove(known);
            }
        }
        lookFromTheHead();
    }

    void readBack(StatusEvent event) {
        inMotion(event.requestId()).ifPresent(known -> {
            known.forget(event);
            if (event.state() != CommandState.SENDING) {
                known.attemptOver(event.attempt());
            }
            if (event.isFinal()) {
                remove(known);
            }
        });
    }

    /** Commands that are finished here and whose end was not heard of from the book yet. */
    Set<InMotion> finishedUnread() {
        for (InMotion known : touched) {
            finished = kept(finished, known, isIn(known) && known.hasEnded());
        }
        return finished;
    }

    /** To be called after each piece of work. */
    void tidy(Now now) {
        finishedUnread();
        for (InMotion known : touched) {
            if (isIn(known) && known.isOver(now)) {
                remove(known);
            }
            special = kept(special, known, isIn(known) && known.isSpecial());
        }
        touched.clear();
        boolean hasLease = false;
        for (InMotion known : special.isEmpty() ? List.<InMotion>of() : List.copyOf(special)) {
            if (known.isOver(now)) {
                remove(known);
            }
            hasLease |= known.hasLease();
        }
        isInFlight = hasLease;
    }

    private void remove(InMotion known) {
        inMotion.remove(known.facts().requestId());
        special = kept(special, known, false);
        finished = kept(finished, known, false);
    }

    /** Most lanes live for one piece of work and need no such set. */
    private static Set<InMotion> kept(Set<InMotion> set, InMotion known, boolean belongs) {
        if (belongs) {
            Set<InMotion> larger = set.isEmpty() ? new LinkedHashSet<>() : set;
            larger.add(known);
            return larger;
        }
        if (!set.isEmpty()) {
            set.remove(known);
        }
        return set;
    }
}
