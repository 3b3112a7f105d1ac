package io.preservarium.pusher.connector;

import java.util.Optional;

/**
 * What a protocol brings beside its {@code Route}: the place where it speaks with devices. It is open once it is made;
 * {@link ConnectorLifecycle} calls the methods that close it, in the order in which they stand here.
 */
public interface ProtocolConnector {

    /** Where it speaks with devices, as a URI, for people. */
    String address();

    /** Empty when devices can be spoken with, else what is waited for. */
    Optional<String> notReadyBecause();

    /** What was taken on and is not finished. */
    OpenWork openWork();

    /** From now on nothing new is taken on. What is open goes on. */
    void stopIntake();

    /** Ends the conversation with devices; what is still open is told to delivery as not sent. */
    void stop();

    /** Frees what delivery may still need while it closes, such as threads. */
    void release();
}
