package io.preservarium.pusher.connector;

import java.time.Duration;

/** Counts what was taken on and is not finished, so that a stop can wait for it. Any thread. */
public final class OpenWork {

    private int open;

    public synchronized void begin() {
        open++;
    }

    /** @throws IllegalStateException if nothing is open, because then a count went wrong before */
    public synchronized void end() {
        if (open == 0) {
            throw new IllegalStateException("more work was ended than begun");
        }
        open--;
        if (open == 0) {
            notifyAll();
        }
    }

    public synchronized int count() {
        return open;
    }

    /** Waits until nothing is open. False if that took longer than {@code limit}. */
    public synchronized boolean awaitNone(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (open > 0) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return true;
    }
}
