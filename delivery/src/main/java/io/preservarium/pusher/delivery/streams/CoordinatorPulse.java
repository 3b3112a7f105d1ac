package io.preservarium.pusher.delivery.streams;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaException;

/**
 * When the group coordinator last said that this process is a member of the group. A process that was stopped and
 * continued, cut off, or replaced under its own name may have lost its partitions without knowing; it finds its pulse too
 * old, by the monotonic clock or the wall clock. Only the coordinator's word counts: heartbeats are answered to strangers too.
 */
final class CoordinatorPulse {

    private record Beat(long nanos, Instant at) {}

    /** Asks the coordinator for the member ids of the group. */
    interface Coordinator {
        Set<String> members(Duration limit) throws InterruptedException, ExecutionException, TimeoutException;
    }

    private final Duration limit;
    private final Coordinator coordinator;
    private final Supplier<? extends Collection<String>> ownMembers;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private volatile Beat last;
    // Guarded by this.
    private boolean isDenied;

    /**
     * @param limit a third of the session timeout
     * @param ownMembers the member ids of this process, none before it has joined
     */
    CoordinatorPulse(
            Duration limit,
            Coordinator coordinator,
            Supplier<? extends Collection<String>> ownMembers,
            Clock clock,
            LongSupplier nanoTime) {
        this.limit = limit;
        this.coordinator = coordinator;
        this.ownMembers = ownMembers;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.last = new Beat(nanoTime.getAsLong() - limit.toNanos(), Instant.EPOCH);
    }

    static Coordinator of(Admin admin, String group) {
        return limit ->
                admin
                        .describeConsumerGroups(Set.of(group))
                        .all()
                        .get(limit.toMillis(), TimeUnit.MILLISECONDS)
                        .values()
                        .stream()
                        .flatMap(description -> description.members().stream())
                        .map(MemberDescription::consumerId)
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** Asks when the last word is a quarter of its life old. Blocks; for one background thread. */
    void sample() {
        Beat asked = new Beat(nanoTime.getAsLong(), clock.instant());
        if (isFresh() && asked.nanos() - last.nanos() < limit.toNanos() / 4) {
            return;
        }
        Collection<String> own = ownMembers.get();
        if (own.isEmpty() || own.contains("")) {
            return;
        }
        try {
            boolean isMember = coordinator.members(limit).containsAll(own);
            synchronized (this) {
                if (isMember) {
                    last = asked;
                }
                isDenied = !isMember;
                notifyAll();
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            // No word, no pulse.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the coordinator's word where the last one is too old; false when it says no, or nothing for so long. */
    boolean awaitWord(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        synchronized (this) {
            while (!isFresh()) {
                long left = end - System.nanoTime();
                if (isDenied || left <= 0) {
                    return false;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    boolean isFresh() {
        Beat beat = last;
        Instant now = clock.instant();
        return nanoTime.getAsLong() - beat.nanos() < limit.toNanos()
                && now.isBefore(beat.at().plus(limit))
                && !now.isBefore(beat.at().minus(limit));
    }
}
