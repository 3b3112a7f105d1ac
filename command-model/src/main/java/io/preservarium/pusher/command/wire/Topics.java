package io.preservarium.pusher.command.wire;

/** The names of the topics with no prefix, as standalone creates them. */
public final class Topics {
    /** Key: device_id. Every accepted command. */
    public static final String COMMANDS = "device_commands";
    /** Key: device_id. Requests to cancel. */
    public static final String CANCELLATIONS = "device_command_cancellations";
    /** Key: device_id. The evidence. */
    public static final String STATUS = "device_command_status";
    /** Key: device_id. What devices sent, raw and parsed. */
    public static final String UPLINKS = "device_uplinks";
    /** Key: device_id. Commands nobody will deliver, with the reason in headers. */
    public static final String DEAD_LETTERS = "device_commands_dlq";
    /** Key: parser reference. Versions that passed their check. */
    public static final String PARSER_SCRIPTS = "parser_scripts";
    /** Key: reference and connector instance. What each connector made of a version. */
    public static final String PARSER_SCRIPT_STATUS = "parser_script_status";
    /** Key: device_id. The registry. */
    public static final String DEVICES = "devices";
    /** Key: device_id. First contact and last seen. */
    public static final String DEVICE_SEEN = "device_seen";

    private Topics() {}
}
