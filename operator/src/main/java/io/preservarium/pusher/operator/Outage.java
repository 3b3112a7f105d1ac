package io.preservarium.pusher.operator;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether something is away, so that its going and its coming back are each said once. */
final class Outage {

    private final AtomicBoolean isAway = new AtomicBoolean();

    boolean begins() {
        return isAway.compareAndSet(false, true);
    }

    boolean ends() {
        return isAway.compareAndSet(true, false);
    }

    boolean lasts() {
        return isAway.get();
    }
}
