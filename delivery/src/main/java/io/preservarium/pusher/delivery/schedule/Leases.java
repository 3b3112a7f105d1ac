package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.delivery.book.Place;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/** Attempts, or waits for a script, in the order in which they end. All of one instance are equally long, so adding and ending cost the same however many there are. */
final class Leases {

    private record Lease(Place place, long end) {}

    private final Deque<Lease> running = new ArrayDeque<>();

    /** @param end by the monotonic clock; never before that of an earlier call */
    synchronized void add(Place place, long end) {
        running.add(new Lease(place, end));
    }

    /** Names every command whose lease has ended; most of them have had their outcome long before. */
    void ended(Now now, Consumer<Place> action) {
        Optional<Lease> lease = poll(now);
        while (lease.isPresent()) {
            action.accept(lease.get().place());
            lease = poll(now);
        }
    }

    private synchronized Optional<Lease> poll(Now now) {
        Optional<Lease> first = Optional.ofNullable(running.peek()).filter(lease -> !now.isBefore(lease.end()));
        first.ifPresent(running::remove);
        return first;
    }
}
