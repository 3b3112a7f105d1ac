package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser.Priority;
import io.preservarium.pusher.parsers.context.LoadedScript;
import io.preservarium.pusher.parsers.context.ScriptResult;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One call into a version of a script, waiting or running, and where its result goes. */
public record ScriptCall(
        ParserScript script,
        Work work,
        Priority priority,
        boolean isExample,
        Optional<Instant> now,
        CompletableFuture<ScriptResult> result) {

    /** Which function, with what. */
    public sealed interface Work {
        record Format(Map<String, Object> command, Map<String, Object> config) implements Work {}

        record Parse(byte[] payload, Map<String, Object> config) implements Work {}

        record ReadDeviceId(byte[] payload, Map<String, Object> config) implements Work {}

        /** @param outputs what {@code parse} made of an uplink; @param awaiting the commands that wait for an answer */
        record MatchReply(
                List<Map<String, Object>> outputs, List<Map<String, Object>> awaiting, Map<String, Object> config)
                implements Work {}
    }

    /** Whom a broken limit counts against: the device, and what was said to or by it. */
    public record Subject(String device, String what) {}

    public static ScriptCall of(ParserScript script, Work work, Priority priority) {
        return new ScriptCall(script, work, priority, false, Optional.empty(), new CompletableFuture<>());
    }

    /** Handed on, for the scripts' clock at {@code now}. */
    public static ScriptCall at(Optional<Instant> now, ParserScript script, Work work) {
        return new ScriptCall(script, work, Priority.HAND_OUT, false, now, new CompletableFuture<>());
    }

    /** An example, with the script's clock standing at {@code now}. */
    public static ScriptCall example(Optional<Instant> now, ParserScript script, Work work) {
        return new ScriptCall(script, work, Priority.HAND_OUT, true, now, new CompletableFuture<>());
    }

    public ParserVersion version() {
        return script.version();
    }

    /** Empty for an example. Asked for only where there is trouble, because it costs a digest. */
    public Optional<Subject> subject() {
        if (isExample) {
            return Optional.empty();
        }
        return Optional.of(
                switch (work) {
                    case Work.Format format ->
                        new Subject(text(format.command(), "device_id"), text(format.command(), "request_id"));
                    case Work.Parse parse -> uplink(parse.payload(), parse.config());
                    case Work.ReadDeviceId read -> uplink(read.payload(), read.config());
                    case Work.MatchReply match -> reply(match.awaiting());
                });
    }

    /** Who sent an uplink is often known only after it was read: until then its address has to do. */
    private static Subject uplink(byte[] payload, Map<String, Object> config) {
        String digest = Digest.of(payload).hex();
        String source = config.get("metadata") instanceof Map<?, ?> metadata ? text(metadata, "source") : "";
        return new Subject(source.isEmpty() ? digest : source, digest);
    }

    /** All of one device. */
    private static Subject reply(List<Map<String, Object>> awaiting) {
        return awaiting.isEmpty()
                ? new Subject("", "")
                : new Subject(text(awaiting.getFirst(), "device_id"), text(awaiting.getFirst(), "request_id"));
    }

    private static String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : "";
    }

    public ScriptResult run(LoadedScript loaded) {
        return switch (work) {
            case Work.Format format -> loaded.format(format.command(), format.config());
            case Work.Parse parse -> loaded.parse(parse.payload(), parse.config());
            case Work.ReadDeviceId read -> loaded.deviceId(read.payload(), read.config());
            case Work.MatchReply match -> loaded.matchReply(match.outputs(), match.awaiting(), match.config());
        };
    }
}
