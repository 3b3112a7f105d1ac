package io.preservarium.pusher.operator.installation;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether something is away, so that its going and its coming back are each said once. */
public final class Outage {

    private final AtomicBoolean isAway = new AtomicBoolean();

    public boolean begins() {
        return isAway.compareAndSet(false, true);
    }

    public boolean ends() {
        return isAway.compareAndSet(true, false);
    }

    public boolean lasts() {
        return isAway.get();
    }
}
