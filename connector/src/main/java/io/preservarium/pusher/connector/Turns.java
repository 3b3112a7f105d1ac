package io.preservarium.pusher.connector;

import io.preservarium.pusher.command.DeviceId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Devices whose turn it is, each once, in the order of their coming; bounded. Turns that do not fit are dropped, and
 * when half of the places are free, the devices with a waiting command are gone through window by window, as many as
 * there is room for, until all of them were seen since the last turn was dropped. Any thread; each call costs the same
 * however many turns wait.
 */
public final class Turns {

    /** The devices with a waiting command, in a lasting order. */
    public interface Backlog {

        /**
         * Calls {@link Turns#add} for the next devices.
         *
         * @param after the last one of the window before; empty for the first window
         * @param most devices of this window
         * @return completed when they are added: the last of them, empty when there are no more. It never fails
         */
        CompletionStage<Optional<DeviceId>> tell(Optional<DeviceId> after, int most);
    }

    private final int most;
    private final LinkedHashSet<DeviceId> waiting = new LinkedHashSet<>();
    private final Round round = new Round();
    private boolean dropped;
    private volatile Runnable listener = () -> {};
    private volatile Backlog backlog = (after, room) -> {
        throw new IllegalStateException("the backlog of these turns is not known yet");
    };

    /** A walk through the backlog. */
    private static final class Round {
        private int number;
        private boolean open;
        private boolean asking;
        private Optional<DeviceId> last = Optional.empty();

        void begin() {
            open = true;
            last = Optional.empty();
        }

        void abandon() {
            number++;
            open = false;
            asking = false;
        }
    }

    /** @param most places */
    public Turns(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("turns need at least 1 place but got " + most);
        }
        this.most = most;
    }

    /**
     * To be called once, before the first turn comes.
     *
     * @param added runs after every new turn; it must not block
     */
    public void serve(Backlog source, Runnable added) {
        backlog = source;
        listener = added;
    }

    public void add(DeviceId device) {
        boolean added;
        synchronized (this) {
            boolean fits = waiting.size() < most || waiting.contains(device);
            dropped |= !fits;
            added = fits && waiting.add(device);
        }
        if (added) {
            listener.run();
        }
    }

    /** The device that waits longest; its turn is taken with that. */
    public Optional<DeviceId> next() {
        Optional<DeviceId> first;
        synchronized (this) {
            first = waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.removeFirst());
        }
        fetch();
        return first;
    }

    /** Goes through the whole backlog from its beginning, because turns may be there that nobody told of. */
    public void fetchAll() {
        synchronized (this) {
            round.abandon();
            dropped = true;
        }
        fetch();
    }

    /** Forgets every turn, because nobody can be served now; {@link #fetchAll} brings them back. */
    public synchronized void clear() {
        waiting.clear();
        round.abandon();
        dropped = false;
    }

    /** Asks for the next window when there is one and half of the places are free. */
    private void fetch() {
        Optional<DeviceId> after;
        int room;
        int number;
        synchronized (this) {
            if (round.asking || !(round.open || dropped) || waiting.size() > most / 2) {
                return;
            }
            if (!round.open) {
                round.begin();
                dropped = false;
            }
            round.asking = true;
            after = round.last;
            room = most - waiting.size();
            number = round.number;
        }
        var unused = backlog.tell(after, room).thenAccept(last -> told(number, last));
    }

    private void told(int number, Optional<DeviceId> last) {
        synchronized (this) {
            if (number != round.number) {
                return;
            }
            round.asking = false;
            round.last = last;
            round.open = last.isPresent();
        }
        fetch();
    }
}
