package io.preservarium.pusher.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What the status topic has said about the commands {@code <run>-0} to {@code <run>-(count-1)}. */
public final class Tally {

    private final String prefix;
    private final int count;
    private final Map<String, BitSet> byState = new TreeMap<>();
    private final Map<String, Integer> failures = new TreeMap<>();
    private final BitSet known = new BitSet();
    private String firstFailure = "";
    private long repeated;

    /** Why a command did not succeed. */
    record Failure(String reason, String message) {}

    Tally(String run, int count) {
        this.prefix = run + "-";
        this.count = count;
    }

    /** Whether the id is one of this run's. */
    boolean isOfThisRun(String requestId) {
        return requestId.startsWith(prefix);
    }

    synchronized void saw(String requestId, String state, Optional<Failure> failure) {
        int n = Integer.parseInt(requestId, prefix.length(), requestId.length(), 10);
        known.set(n);
        BitSet seen = byState.computeIfAbsent(state, unused -> new BitSet(count));
        if (seen.get(n)) {
            repeated++;
        } else {
            seen.set(n);
            failure.ifPresent(why -> {
                failures.merge(why.reason(), 1, Integer::sum);
                if (firstFailure.isEmpty()) {
                    firstFailure = requestId + ": " + why.message();
                }
            });
        }
        notifyAll();
    }

    /** How many there are. */
    public int commands() {
        return count;
    }

    /** How many different commands have been in that state. */
    public synchronized int count(String state) {
        BitSet seen = byState.get(state);
        return seen == null ? 0 : seen.cardinality();
    }

    /** How many different commands have had any event. */
    public synchronized int known() {
        return known.cardinality();
    }

    /** Final states that are not a success, by reason. */
    public synchronized Map<String, Integer> failures() {
        return Map.copyOf(failures);
    }

    /** Events that said again what one before them had said: retries and what was written twice. */
    public synchronized long repeated() {
        return repeated;
    }

    /** Returns when that many commands have been in the state; fails when one cannot come there any more. */
    public synchronized void await(String state, int wanted, Duration atMost) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (count(state) < wanted) {
            if (!failures.isEmpty()) {
                throw new IOException(
                        "commands ended otherwise than wanted: " + failures + "; the first, " + firstFailure);
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new IOException("only " + count(state) + " of " + wanted + " commands were '" + state + "' after "
                        + atMost.toSeconds() + " s");
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
    }

    /** Returns when that many commands have failed for that reason. */
    public synchronized void awaitFailures(String reason, int wanted, Duration atMost)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (failures.getOrDefault(reason, 0) < wanted) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new IOException(
                        "after " + atMost.toSeconds() + " s not " + wanted + " times " + reason + " but " + failures);
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
    }

    /** Returns when every command has been in the state. */
    public void awaitAll(String state, Duration atMost) throws IOException, InterruptedException {
        await(state, count, atMost);
    }
}
