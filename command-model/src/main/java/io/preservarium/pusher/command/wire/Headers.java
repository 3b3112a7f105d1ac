package io.preservarium.pusher.command.wire;

/** Kafka record headers; values are UTF-8 text. */
public final class Headers {
    public static final String REQUEST_ID = "request_id";
    public static final String STATE = "state";
    public static final String FINAL = "final";
    public static final String PROTOCOL = "protocol";
    /** When the command expires, as its JSON says it; who only needs that does not read the JSON. */
    public static final String EXPIRES_AT = "expires_at";
    /** The door a command came in by: rest, kafka or k8s. */
    public static final String ORIGIN = "origin";
    /** {@code <topic>-<partition>-<offset>} of the record that stood in the wrong partition. */
    public static final String MOVED_FROM = "moved_from";
    /** On dead letters: why. */
    public static final String REASON = "reason";
    /** On dead letters: why, for people. */
    public static final String MESSAGE = "message";
    /** On dead letters: {@code <topic>-<partition>-<offset>} of the record. */
    public static final String SOURCE_RECORD = "source_record";

    private Headers() {}
}
