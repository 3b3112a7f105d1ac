package io.preservarium.pusher.benchmarks.load;

/** Which device calls next, and what becomes of its call. All on one thread. */
public interface Calls {

    /** What {@link #next} says when no device calls before something has come back. */
    int NOT_NOW = -1;

    /** What {@link #next} says when no device will call any more. */
    int NO_MORE = -2;

    /** The number of the device that calls now. */
    int next();

    /** A device has its answer; {@code payloadBytes} is the length of a command, or 0. */
    void answered(int device, boolean success, int payloadBytes);

    /** A device gave up after all its retransmissions. */
    void lost(int device);
}
