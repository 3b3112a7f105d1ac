package io.preservarium.pusher.benchmarks.load;

import java.util.function.BooleanSupplier;

/** Calls that end early, when something else is over. */
public record Until(BooleanSupplier over, Calls calls) implements Calls {

    @Override
    public int next() {
        return over.getAsBoolean() ? NO_MORE : calls.next();
    }

    @Override
    public void answered(int device, boolean success, int payloadBytes) {
        calls.answered(device, success, payloadBytes);
    }

    @Override
    public void lost(int device) {
        calls.lost(device);
    }
}
