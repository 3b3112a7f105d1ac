package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls waiting for a worker, one line per version, served in turn. No version gets the last free worker while more than
 * one exist, and one that has not shown that it keeps its limits gets one worker: a script that hangs holds up itself.
 */
final class ScriptQueue {

    private static final int MAX_STANDINGS = 4096;

    private static final class Line {
        final Deque<ScriptCall> waiting = new ArrayDeque<>();
        int running;
    }

    private final ScriptLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<ParserVersion, Line> lines = new LinkedHashMap<>();
    private final Map<ParserVersion, ScriptStanding> standings = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    ScriptQueue(ScriptLimits limits) {
        this.limits = limits;
    }

    /** Takes the call, or says why not. */
    Optional<ScriptResult.Problem> submit(ScriptCall call) {
        lock.lock();
        try {
            if (closed) {
                return Optional.of(ScriptResult.Problem.of(Reason.FORMAT_FAILED, "the script runtime is shut down"));
            }
            Optional<String> refusal = standing(call.version()).refusal(System.nanoTime());
            if (refusal.isPresent()) {
                return Optional.of(ScriptResult.Problem.of(Reason.FORMAT_TIMEOUT, refusal.get()));
            }
            lines.computeIfAbsent(call.version(), none -> new Line()).waiting.add(call);
            changed.signal();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a call that may run now; empty when the queue is closed. */
    Optional<ScriptCall> take() {
        lock.lock();
        try {
            while (!closed) {
                Optional<ScriptCall> next = next();
                if (next.isPresent()) {
                    return next;
                }
                changed.awaitUninterruptibly();
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private Optional<ScriptCall> next() {
        Iterator<Map.Entry<ParserVersion, Line>> turn = lines.entrySet().iterator();
        while (turn.hasNext()) {
            Map.Entry<ParserVersion, Line> entry = turn.next();
            Line line = entry.getValue();
            if (!line.waiting.isEmpty() && line.running < allowed(entry.getKey())) {
                ScriptCall call = line.waiting.remove();
                line.running++;
                turn.remove();
                // To the end: the others come first next time.
                lines.put(entry.getKey(), line);
                return Optional.of(call);
            }
        }
        return Optional.empty();
    }

    private int allowed(ParserVersion version) {
        return standing(version).isProven() ? Math.max(1, limits.contexts() - 1) : 1;
    }

    /** Whether the last call of the version broke a limit, so that this one gets no allowance for being cold. */
    boolean isSuspect(ParserVersion version) {
        lock.lock();
        try {
            return standing(version).isSuspect();
        } finally {
            lock.unlock();
        }
    }

    void kept(ScriptCall call) {
        lock.lock();
        try {
            standing(call.version()).keptLimits();
            leave(call);
        } finally {
            lock.unlock();
        }
    }

    /** The call was answered without running. */
    void refused(ScriptCall call) {
        lock.lock();
        try {
            leave(call);
        } finally {
            lock.unlock();
        }
    }

    /** The call broke a limit. Gives back the waiting calls that a quarantine refuses, to be answered by the caller. */
    List<ScriptCall> broke(ScriptCall call, boolean threadLost) {
        lock.lock();
        try {
            ScriptStanding standing = standing(call.version());
            boolean quarantined = standing.brokeLimit(System.nanoTime());
            if (threadLost) {
                standing.lostThread();
                ParsersLog.threadLost(call.version());
            } else if (quarantined) {
                ParsersLog.quarantined(call.version(), limits.quarantine());
            }
            List<ScriptCall> refused = new ArrayList<>();
            Line line = lines.get(call.version());
            if (line != null && (threadLost || quarantined)) {
                refused.addAll(line.waiting);
                line.waiting.clear();
            }
            leave(call);
            return refused;
        } finally {
            lock.unlock();
        }
    }

    Optional<String> refusal(ParserVersion version) {
        lock.lock();
        try {
            return standing(version).refusal(System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private void leave(ScriptCall call) {
        Line line = lines.get(call.version());
        if (line != null) {
            line.running--;
            if (line.running == 0 && line.waiting.isEmpty()) {
                lines.remove(call.version());
            }
        }
        changed.signalAll();
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
                left.addAll(line.waiting);
                line.waiting.clear();
            });
            changed.signalAll();
            return left;
        } finally {
            lock.unlock();
        }
    }
}
