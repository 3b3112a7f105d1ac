package io.preservarium.pusher.command;

import java.util.Locale;
import java.util.Optional;

/** How far a command has come; each state but {@link #ACCEPTED} is backed by one recorded event. */
public enum CommandState {
    /** The record is in the command topic. Never a separate event. */
    ACCEPTED,
    /** The connector has it durably and waits for the device, the broker or {@code not_before}. */
    QUEUED,
    /** An attempt is recorded, its outcome is not known yet. */
    SENDING,
    /** The bytes left: to the broker (MQTT) or out of the socket (CoAP). */
    SENT,
    /** The device confirmed the exchange. */
    DELIVERED,
    /** The device, read by its parser, said so. */
    SUCCEEDED,
    /** It will not be done, and the reason says why. */
    FAILED,
    /** {@code expires_at} passed before any attempt. */
    EXPIRED,
    /** Somebody asked for it not to be done, or a newer command replaced it. */
    CANCELLED,
    /** It left, and no answer came in time. */
    TIMED_OUT;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word in JSON, headers and metrics. */
    public String word() {
        return word;
    }

    public static Optional<CommandState> of(String word) {
        for (CommandState state : values()) {
            if (state.word.equals(word)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    /** Whether a command that expects {@code expect} is finished in this state. */
    public boolean isFinal(Expectation expect) {
        return switch (this) {
            case ACCEPTED, QUEUED, SENDING -> false;
            case SENT -> expect == Expectation.SENT;
            case DELIVERED -> expect != Expectation.SUCCEEDED;
            case SUCCEEDED, FAILED, EXPIRED, CANCELLED, TIMED_OUT -> true;
        };
    }

    /** Whether {@code next} may follow this state while the command is not finished. */
    public boolean mayBecome(CommandState next) {
        return switch (this) {
            case ACCEPTED, QUEUED ->
                switch (next) {
                    case QUEUED, SENDING, FAILED, EXPIRED, CANCELLED -> true;
                    case ACCEPTED, SENT, DELIVERED, SUCCEEDED, TIMED_OUT -> false;
                };
            case SENDING ->
                switch (next) {
                    case SENT, DELIVERED, SUCCEEDED, QUEUED, FAILED, CANCELLED, TIMED_OUT -> true;
                    case ACCEPTED, SENDING, EXPIRED -> false;
                };
            case SENT, DELIVERED ->
                switch (next) {
                    case DELIVERED, SUCCEEDED, FAILED, CANCELLED, TIMED_OUT, SENDING -> true;
                    case ACCEPTED, QUEUED, SENT, EXPIRED -> false;
                };
            case TIMED_OUT, SUCCEEDED, FAILED, EXPIRED, CANCELLED -> false;
        };
    }

    /** A report of the outside world about an attempt, which counts even when a later attempt is under way. */
    public boolean isEvidence() {
        return this == SENT || this == DELIVERED || this == SUCCEEDED;
    }
}
