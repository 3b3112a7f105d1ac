package io.preservarium.pusher.command;

/** What a device answered to a command, as its parser read it; {@code message} is for people and may be empty. */
public record Reply(RequestId requestId, Outcome outcome, String message) {

    private static final int MAX_MESSAGE = 500;

    /** Whether the device did what it was told. */
    public enum Outcome {
        SUCCEEDED,
        REFUSED
    }

    public Reply {
        message = ForeignText.bounded(message, MAX_MESSAGE);
    }
}
