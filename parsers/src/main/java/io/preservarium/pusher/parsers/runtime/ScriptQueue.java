package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser.Priority;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.parsers.context.ScriptResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls waiting for a worker, one line per version, served in turn. There is a worker more than one version may have at
 * once, so a script that hangs holds up itself; one that has not shown that it keeps its limits gets one worker. Checks of
 * new commands run when nothing else can, and leave a worker free for what comes meanwhile.
 *
 * <p>What broke a limit lately is confined to one worker, which has nothing else to do: a process or context that a script
 * brings down again and again is never one that serves others.
 */
final class ScriptQueue {

    private static final int MAX_STANDINGS = 4096;
    /** Without it a steady flood of uplinks would keep every new command from ever being checked. */
    private static final int MAX_IN_A_ROW_BEFORE_A_CHECK = 64;

    private static final class Line {
        final ParserVersion version;
        final ScriptStanding standing;
        final Deque<ScriptCall> first = new ArrayDeque<>();
        final Deque<ScriptCall> checks = new ArrayDeque<>();
        int running;

        Line(ParserVersion version, ScriptStanding standing) {
            this.version = version;
            this.standing = standing;
        }

        Deque<ScriptCall> of(Priority priority) {
            return switch (priority) {
                case HAND_OUT -> first;
                case CHECK -> checks;
            };
        }

        boolean isEmpty() {
            return first.isEmpty() && checks.isEmpty() && running == 0;
        }
    }

    /** A worker that waits; each has a condition of its own, so that only the one that is wanted wakes. */
    private static final class Seat {
        final Object worker;
        final Condition called;
        boolean isCalled;

        Seat(Object worker, Condition called) {
            this.worker = worker;
            this.called = called;
        }
    }

    private record QuarantineEnd(long nanoTime, ParserRef ref) {}

    private final ScriptLimits limits;
    private final int checksAtOnce;
    private final ReentrantLock lock = new ReentrantLock();
    /** The last one that waits is called first: its caches are warm, and its context has what ran before. */
    private final Deque<Seat> waitingWorkers = new ArrayDeque<>();

    private final Map<ParserVersion, Line> lines = new LinkedHashMap<>();
    private final Map<ParserVersion, ScriptStanding> standings = new LinkedHashMap<>(16, 0.75f, true);
    private final PriorityQueue<QuarantineEnd> quarantines =
            new PriorityQueue<>(Comparator.comparingLong(QuarantineEnd::nanoTime));
    /** Workers that are awake and about to take a call: nobody needs to be called for what they will take. */
    private int arriving;

    private int checksRunning;
    private int sinceCheck;
    /** The worker that confined scripts run on, until then. */
    private Optional<Object> confining = Optional.empty();

    private long confiningUntil;
    private boolean closed;

    ScriptQueue(ScriptLimits limits) {
        this.limits = limits;
        this.checksAtOnce = Math.max(1, limits.contexts() - 1);
    }

    /** Takes the call, or says why not. */
    Optional<ScriptResult> submit(ScriptCall call) {
        lock.lock();
        try {
            if (closed) {
                return Optional.of(ScriptResult.Problem.of(Reason.FORMAT_FAILED, "the script runtime is shut down"));
            }
            Line line = lines.get(call.version());
            ScriptStanding standing = line == null ? standing(call.version()) : line.standing;
            Optional<ScriptResult> refusal = standing.refusal(call, System.nanoTime());
            if (refusal.isPresent()) {
                return refusal;
            }
            if (line == null) {
                line = new Line(call.version(), standing);
                lines.put(call.version(), line);
            }
            line.of(call.priority()).add(call);
            callWorkerIfNeeded();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a call waits that one more worker could run. */
    boolean wantsWorker() {
        lock.lock();
        try {
            Optional<Object> busy = confining();
            if (waitingWorkers.stream().anyMatch(seat -> !isConfining(seat.worker))) {
                return false;
            }
            // The confining one, which may be among them, takes nothing of what is counted.
            int others = busy.isPresent() ? Math.max(0, arriving - 1) : arriving;
            int runnable = 0;
            for (Line line : lines.values()) {
                if (busy.isPresent() && line.standing.isConfined(System.nanoTime())) {
                    continue;
                }
                runnable += Math.min(line.first.size() + line.checks.size(), allowed(line) - line.running);
                if (runnable > others) {
                    return true;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** A worker is there and is about to take a call, as it also is after each call that it ran. */
    void arrive() {
        lock.lock();
        try {
            arriving++;
        } finally {
            lock.unlock();
        }
    }

    /** The worker that was about to take a call does something else first. */
    void leave() {
        lock.lock();
        try {
            arriving--;
            callWorkerIfNeeded();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the worker runs nothing but what is confined to it. */
    boolean isConfining(Object worker) {
        lock.lock();
        try {
            return confining().filter(worker::equals).isPresent();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Object> confining() {
        if (confining.isPresent() && System.nanoTime() - confiningUntil >= 0) {
            confining = Optional.empty();
        }
        return confining;
    }

    /** Waits for a call that may run now; empty when the queue is closed. By a worker that has arrived. */
    Optional<ScriptCall> take(Object worker) {
        lock.lock();
        try {
            while (!closed) {
                Optional<ScriptCall> next = next(worker);
                if (next.isPresent()) {
                    arriving--;
                    callWorkerIfNeeded();
                    return next;
                }
                Seat seat = new Seat(worker, lock.newCondition());
                arriving--;
                waitingWorkers.push(seat);
                // For what this one may not run.
                callWorkerIfNeeded();
                while (!seat.isCalled && !closed) {
                    seat.called.awaitUninterruptibly();
                }
                if (!seat.isCalled) {
                    arriving++;
                }
            }
            arriving--;
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private void callWorkerIfNeeded() {
        if (arriving > 0 || waitingWorkers.isEmpty() || lines.isEmpty()) {
            return;
        }
        for (Seat seat : waitingWorkers) {
            if (line(seat.worker).isPresent()) {
                waitingWorkers.remove(seat);
                seat.isCalled = true;
                arriving++;
                seat.called.signal();
                return;
            }
        }
    }

    private record Turn(Line line, Priority priority) {}

    /** Whose turn it is with that worker. */
    private Optional<Turn> line(Object worker) {
        Optional<Object> forConfined = confining();
        Optional<Turn> check =
                checksRunning < checksAtOnce ? line(worker, forConfined, Priority.CHECK) : Optional.empty();
        if (check.isPresent() && sinceCheck >= MAX_IN_A_ROW_BEFORE_A_CHECK) {
            return check;
        }
        return line(worker, forConfined, Priority.HAND_OUT).or(() -> check);
    }

    private Optional<Turn> line(Object worker, Optional<Object> forConfined, Priority priority) {
        boolean isForConfined = forConfined.filter(worker::equals).isPresent();
        long now = forConfined.isPresent() ? System.nanoTime() : 0;
        for (Line line : lines.values()) {
            if (!line.of(priority).isEmpty()
                    && line.running < allowed(line)
                    && (forConfined.isEmpty() || line.standing.isConfined(now) == isForConfined)) {
                return Optional.of(new Turn(line, priority));
            }
        }
        return Optional.empty();
    }

    private Optional<ScriptCall> next(Object worker) {
        Optional<Turn> found = line(worker);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Line line = found.get().line();
        ScriptCall call = line.of(found.get().priority()).remove();
        line.running++;
        switch (call.priority()) {
            case HAND_OUT -> sinceCheck++;
            case CHECK -> {
                sinceCheck = 0;
                checksRunning++;
            }
        }
        if (lines.size() > 1) {
            // To the end: the others come first next time.
            lines.remove(line.version);
            lines.put(line.version, line);
        }
        return Optional.of(call);
    }

    private int allowed(Line line) {
        return line.standing.isProven() ? limits.contexts() : 1;
    }

    /** Whether a call of the version broke a limit lately, so that this one gets no allowance for being cold. */
    boolean isSuspect(ParserVersion version) {
        lock.lock();
        try {
            return standing(version).isSuspect();
        } finally {
            lock.unlock();
        }
    }

    void limitsKept(ScriptCall call) {
        lock.lock();
        try {
            standing(call.version()).limitsKept(call);
            ended(call);
            arriving++;
        } finally {
            lock.unlock();
        }
    }

    /** The call was answered without running. */
    void notRun(ScriptCall call) {
        lock.lock();
        try {
            ended(call);
            arriving++;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The call broke a limit on that worker, which has to arrive again.
     *
     * @return the waiting calls that may not run now, to be answered by who calls this
     */
    List<ScriptCall> limitBroken(Object worker, ScriptCall call, boolean threadLost) {
        lock.lock();
        try {
            ScriptStanding standing = standing(call.version());
            ended(call);
            if (threadLost) {
                ParsersLog.LOG.threadLost(call.version().ref(), call.version().sha256());
            }
            ScriptStanding.Consequence consequence = standing.limitBroken(call, threadLost, System.nanoTime());
            confine(worker, standing, threadLost);
            switch (consequence) {
                case NONE -> {}
                case DEVICE_WAITS -> quarantined(call);
                case VERSION_WAITS -> {
                    ParsersLog.LOG.quarantined(
                            call.version().ref(),
                            call.version().sha256(),
                            limits.quarantine().toSeconds());
                    quarantined(call);
                }
                case VERSION_BARRED ->
                    ParsersLog.LOG.barred(call.version().ref(), call.version().sha256());
            }
            List<ScriptCall> refused = new ArrayList<>();
            Line line = lines.get(call.version());
            if (line != null && consequence != ScriptStanding.Consequence.NONE) {
                long now = System.nanoTime();
                for (Deque<ScriptCall> waiting : List.of(line.first, line.checks)) {
                    waiting.removeIf(other -> standing.refusal(other, now).isPresent() && refused.add(other));
                }
            }
            forgetIfEmpty(call.version());
            callWorkerIfNeeded();
            return refused;
        } finally {
            lock.unlock();
        }
    }

    /** The first worker that met it is the one: what it had warm is gone already. */
    private void confine(Object worker, ScriptStanding standing, boolean threadLost) {
        long now = System.nanoTime();
        if (threadLost && isConfining(worker)) {
            confining = Optional.empty();
        } else if (!threadLost && limits.workers() > 1 && standing.isConfined(now)) {
            confining = Optional.of(confining().orElse(worker));
            confiningUntil = now
                    + ScriptStanding.CONFINED_FOR_QUARANTINES
                            * limits.quarantine().toNanos();
        }
    }

    private void quarantined(ScriptCall call) {
        quarantines.add(new QuarantineEnd(
                System.nanoTime() + limits.quarantine().toNanos(), call.script().ref()));
    }

    Optional<ScriptResult> refusal(ScriptCall call) {
        lock.lock();
        try {
            return standing(call.version()).refusal(call, System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** Scripts that had a quarantine which has ended; each is told once. */
    List<ParserRef> endedQuarantines() {
        lock.lock();
        try {
            List<ParserRef> ended = new ArrayList<>();
            QuarantineEnd next = quarantines.peek();
            while (next != null && System.nanoTime() - next.nanoTime() >= 0) {
                quarantines.remove();
                if (!ended.contains(next.ref())) {
                    ended.add(next.ref());
                }
                next = quarantines.peek();
            }
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** In how many nanoseconds the next quarantine ends. */
    OptionalLong untilQuarantineEnds() {
        lock.lock();
        try {
            QuarantineEnd next = quarantines.peek();
            return next == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(Math.max(1, next.nanoTime() - System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    private void ended(ScriptCall call) {
        if (call.priority() == Priority.CHECK) {
            checksRunning--;
        }
        Line line = lines.get(call.version());
        if (line != null) {
            line.running--;
            forgetIfEmpty(call.version());
        }
    }

    private void forgetIfEmpty(ParserVersion version) {
        Line line = lines.get(version);
        if (line != null && line.isEmpty()) {
            lines.remove(version);
        }
    }

    private ScriptStanding standing(ParserVersion version) {
        ScriptStanding standing = standings.computeIfAbsent(
                version, none -> new ScriptStanding(limits.quarantineAfter(), limits.quarantine()));
        if (standings.size() > MAX_STANDINGS) {
            standings.remove(standings.keySet().iterator().next());
        }
        return standing;
    }

    /** Ends it and gives back what waited. */
    List<ScriptCall> close() {
        lock.lock();
        try {
            closed = true;
            List<ScriptCall> left = new ArrayList<>();
            lines.values().forEach(line -> {
                left.addAll(line.first);
                left.addAll(line.checks);
                line.first.clear();
                line.checks.clear();
            });
            waitingWorkers.forEach(seat -> seat.called.signal());
            return left;
        } finally {
            lock.unlock();
        }
    }
}
