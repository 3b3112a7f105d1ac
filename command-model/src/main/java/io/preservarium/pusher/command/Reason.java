package io.preservarium.pusher.command;

import java.util.Optional;

/** Why a command came to its state, as one word that programs can switch on; the message beside it is for people. */
public enum Reason {
    /** Not a command at all: bad JSON, unknown protocol, a field that breaks its rule. */
    INVALID_COMMAND,
    /** The protocol's connector cannot follow the metadata or the expectation. */
    INVALID_METADATA,
    /** No script under the reference for the whole of PARSER_WAIT, or no reference at all. */
    PARSER_NOT_FOUND,
    /** The script does not load or lacks the function. */
    PARSER_INVALID,
    /** Another version of the script is live than the command names. */
    PARSER_DIGEST_MISMATCH,
    /** The script raised an exception. */
    FORMAT_FAILED,
    /** The script ran longer than it may. */
    FORMAT_TIMEOUT,
    /** The script returned None: it does not know the command type. */
    UNKNOWN_COMMAND,
    /** The script returned something that is not bytes. */
    INVALID_RESULT,
    /** The script's bytes are longer than the limit. */
    PAYLOAD_TOO_LARGE,
    /** The device has as many waiting commands as it may. */
    QUEUE_FULL,
    /** Every allowed attempt ended without an outcome, or the broker refused. */
    DELIVERY_FAILED,
    /** The device said no. */
    DEVICE_REFUSED,
    /** A newer command with the same collapse key took its place. */
    REPLACED,
    /** Somebody asked for the cancellation. */
    CANCEL_REQUESTED,
    /** An attempt ended without anybody knowing whether the bytes arrived. */
    OUTCOME_UNKNOWN,
    /** The attempt failed and another one will follow. */
    RETRYING,
    /** The script is not here yet; it is waited for. */
    WAITING_FOR_PARSER;

    public static Optional<Reason> of(String word) {
        for (Reason reason : values()) {
            if (reason.name().equals(word)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
