package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.ParserRef;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Scripts that came, or left quarantine, a moment ago. They are remembered for some seconds, because a command that found
 * its script missing becomes known to the book only when its event is read back.
 */
public final class ParserArrivals {

    private static final long REMEMBERED_NANOS = Duration.ofSeconds(5).toNanos();

    private final Map<ParserRef, Long> arrivedAt = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    public ParserArrivals(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    public void arrived(ParserRef ref) {
        arrivedAt.put(ref, nanoTime.getAsLong());
    }

    Set<ParserRef> recent() {
        long now = nanoTime.getAsLong();
        arrivedAt.values().removeIf(at -> now - at > REMEMBERED_NANOS);
        return Set.copyOf(arrivedAt.keySet());
    }
}
