package io.preservarium.pusher.coap.uplink;

import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long a request waits for its answer: first comes the empty ACK, then the end. Both times count from the arrival of
 * the datagram. One timer runs at a time, and starting and ending it costs the same however many requests wait.
 */
final class CoapPatience implements TimerTask {

    /** From the arrival of a request. */
    record Limits(Duration acknowledge, Duration end) {}

    /** What is due while there is no answer. */
    interface Listener {
        void acknowledge();

        void tooLate();
    }

    private final Timer timer;
    private final LongSupplier nanoTime;
    private final long arrivedNanos;
    private final Limits limits;
    private final Listener listener;
    private boolean acknowledged;
    private boolean over;
    private Optional<Timeout> running = Optional.empty();

    private CoapPatience(Timer timer, LongSupplier nanoTime, long arrivedNanos, Limits limits, Listener listener) {
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.arrivedNanos = arrivedNanos;
        this.limits = limits;
        this.listener = listener;
    }

    static CoapPatience start(Timer timer, LongSupplier nanoTime, long arrivedNanos, Limits limits, Listener listener) {
        CoapPatience patience = new CoapPatience(timer, nanoTime, arrivedNanos, limits, listener);
        patience.waitForNext();
        return patience;
    }

    /** What is left to answer in, zero or less when it is too late. */
    Duration left() {
        return limits.end().minusNanos(nanoTime.getAsLong() - arrivedNanos);
    }

    private synchronized void waitForNext() {
        if (over) {
            return;
        }
        boolean toAcknowledge = !acknowledged && limits.acknowledge().compareTo(limits.end()) < 0;
        long due = (toAcknowledge ? limits.acknowledge() : limits.end()).toNanos();
        long delay = Math.max(0, due - (nanoTime.getAsLong() - arrivedNanos));
        running = Optional.of(timer.newTimeout(this, delay, TimeUnit.NANOSECONDS));
    }

    @Override
    public void run(Timeout timeout) {
        boolean late = left().compareTo(Duration.ZERO) <= 0;
        synchronized (this) {
            if (over) {
                return;
            }
            acknowledged = true;
            over = late;
        }
        if (late) {
            listener.tooLate();
        } else {
            listener.acknowledge();
            waitForNext();
        }
    }

    /** There is an answer. */
    synchronized void stop() {
        over = true;
        running.ifPresent(Timeout::cancel);
        running = Optional.empty();
    }
}
