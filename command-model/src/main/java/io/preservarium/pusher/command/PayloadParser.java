package io.preservarium.pusher.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Turns commands into a device's bytes and a device's bytes into outputs, by the script that is named. Calls never
 * block and never fail exceptionally for what a script does: each outcome is a value.
 */
public interface PayloadParser {

    /** Whether the catalogue is loaded, so that a missing reference means missing. */
    boolean isReady();

    /** Calls {@code listener} whenever commands that found this reference missing or quarantined may try again. It must not block. */
    void whenAvailable(Consumer<ParserRef> listener);

    /**
     * Runs {@code format_command(command, config)}.
     *
     * @param ref the script
     * @param required the version the command insists on
     * @param config the device's settings plus key {@code metadata}
     */
    CompletionStage<Formatted> format(
            ParserRef ref, Optional<Digest> required, Command command, Map<String, Object> config);

    /** Which calls run first. */
    enum Priority {
        /** A command that is about to leave, or what a device sent. */
        HAND_OUT,
        /** The first formatting of a new command: it never delays a hand-out. */
        CHECK
    }

    /** {@link #format(ParserRef, Optional, Command, Map)}, which is a hand-out, with another priority. */
    default CompletionStage<Formatted> format(
            ParserRef ref, Optional<Digest> required, Command command, Map<String, Object> config, Priority priority) {
        return format(ref, required, command, config);
    }

    /** Runs {@code device_id(payload, config)} if the script has it, and {@code parse(payload, config)}. */
    CompletionStage<Parsed> parse(ParserRef ref, byte[] payload, Map<String, Object> config);

    /**
     * Runs {@code match_reply(outputs, awaiting, config)}: which of the commands that wait the device has answered.
     *
     * @param outputs what {@code parse} made of what the device sent
     * @param awaiting commands of that device
     */
    CompletionStage<Matched> matchReply(
            ParserRef ref, List<Map<String, Object>> outputs, List<Command> awaiting, Map<String, Object> config);

    /** What became of formatting a command. */
    sealed interface Formatted {
        /** The device's own bytes, by this version; {@code warnings} is what the script wants people to know. */
        record Bytes(byte[] bytes, ParserVersion version, Map<String, Object> delivery, List<String> warnings)
                implements Formatted {}

        /** No script under this reference (yet). */
        record Missing(ParserRef ref) implements Formatted {}

        /** The script broke its limits for other commands; this one was not tried and waits as for a missing script. */
        record Quarantined(ParserVersion version, String why) implements Formatted {}

        /** A final refusal: the reason is one of the parser reasons. */
        record Refused(Reason reason, String message, Optional<ParserVersion> version) implements Formatted {}
    }

    /** What became of reading a device's bytes. */
    sealed interface Parsed {
        /** What the script returned; {@code deviceId} is present if it has a function of that name. */
        record Outputs(Optional<DeviceId> deviceId, List<Map<String, Object>> outputs, ParserVersion version)
                implements Parsed {}

        /** No script under this reference. */
        record Missing(ParserRef ref) implements Parsed {}

        /** The script raised, ran too long or returned rubbish; {@code deviceId} if that much was read. */
        record Failed(Optional<DeviceId> deviceId, String message, Optional<ParserVersion> version) implements Parsed {}
    }

    /** What became of looking for answers in a device's outputs. */
    sealed interface Matched {
        /** At most one for each command that waited. */
        record Replies(List<Reply> replies, ParserVersion version) implements Matched {}

        /** No script under this reference. */
        record Missing(ParserRef ref) implements Matched {}

        /** The script has no such function, raised, ran too long or returned rubbish. */
        record Failed(String message, ParserVersion version) implements Matched {}
    }
}
