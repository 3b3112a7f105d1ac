package io.preservarium.pusher.api.http;

/** The longest body of each call, in bytes. */
public final class BodyLimits {

    public static final String COMMANDS = "/api/v1/commands";
    public static final String BATCH = COMMANDS + "/batch";
    public static final String PARSERS = "/api/v1/parsers";

    public static final int COMMAND = 64 * 1024;
    public static final int COMMAND_BATCH = 10 * 1024 * 1024;

    /** A script, its companions and its examples, as JSON. */
    public static final int PARSER = 1 << 20;

    private BodyLimits() {}

    /** Where no call takes a body, the limit of a command holds. */
    public static int of(String path) {
        if (path.equals(BATCH)) {
            return COMMAND_BATCH;
        }
        return path.startsWith(PARSERS + "/") ? PARSER : COMMAND;
    }
}
