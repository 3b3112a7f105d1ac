package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser.Priority;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One call into a version of a script, waiting or running, and where its result goes. */
record ScriptCall(
        ParserScript script,
        Work work,
        Priority priority,
        boolean isExample,
        Optional<Instant> now,
        CompletableFuture<ScriptResult> result) {

    /** Which function, with what. */
    sealed interface Work {
        record Format(Map<String, Object> command, Map<String, Object> config) implements Work {}

        record Parse(byte[] payload, Map<String, Object> config) implements Work {}

        record ReadDeviceId(byte[] payload, Map<String, Object> config) implements Work {}
    }

    /** Whom a broken limit counts against: the device, and what was said to or by it. */
    record Subject(String device, String what) {}

    static ScriptCall of(ParserScript script, Work work, Priority priority) {
        return new ScriptCall(script, work, priority, false, Optional.empty(), new CompletableFuture<>());
    }

    /** An example, with the script's clock standing at {@code now}. */
    static ScriptCall example(Optional<Instant> now, ParserScript script, Work work) {
        return new ScriptCall(script, work, Priority.HAND_OUT, true, now, new CompletableFuture<>());
    }

    ParserVersion version() {
        return script.version();
    }

    /** Empty for an example. Asked for only where there is trouble, because it costs a digest. */
    Optional<Subject> subject() {
        if (isExample) {
            return Optional.empty();
        }
        return Optional.of(
                switch (work) {
                    case Work.Format format ->
                        new Subject(text(format.command(), "device_id"), text(format.command(), "request_id"));
                    case Work.Parse parse -> uplink(parse.payload(), parse.config());
                    case Work.ReadDeviceId read -> uplink(read.payload(), read.config());
                });
    }

    /** Who sent an uplink is often known only after it was read: until then its address has to do. */
    private static Subject uplink(byte[] payload, Map<String, Object> config) {
        String digest = Digest.of(payload).hex();
        String source = config.get("metadata") instanceof Map<?, ?> metadata ? text(metadata, "source") : "";
        return new Subject(source.isEmpty() ? digest : source, digest);
    }

    private static String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : "";
    }

    ScriptResult run(LoadedScript loaded) {
        return switch (work) {
            case Work.Format format -> loaded.format(format.command(), format.config());
            case Work.Parse parse -> loaded.parse(parse.payload(), parse.config());
            case Work.ReadDeviceId read -> loaded.deviceId(read.payload(), read.config());
        };
    }
}
