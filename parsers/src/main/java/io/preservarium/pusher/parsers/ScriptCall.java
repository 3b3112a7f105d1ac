package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.ParserVersion;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One call into a version of a script, waiting or running, and where its result goes. */
record ScriptCall(ParserScript script, Work work, Optional<Instant> now, CompletableFuture<ScriptResult> result) {

    /** Which function, with what. */
    sealed interface Work {
        record Format(Map<String, Object> command, Map<String, Object> config) implements Work {}

        record Parse(byte[] payload, Map<String, Object> config) implements Work {}

        record ReadDeviceId(byte[] payload, Map<String, Object> config) implements Work {}
    }

    static ScriptCall of(ParserScript script, Work work) {
        return new ScriptCall(script, work, Optional.empty(), new CompletableFuture<>());
    }

    /** With the script's clock standing at {@code now}. */
    static ScriptCall at(Optional<Instant> now, ParserScript script, Work work) {
        return new ScriptCall(script, work, now, new CompletableFuture<>());
    }

    ParserVersion version() {
        return script.version();
    }

    ScriptResult run(LoadedScript loaded) {
        return switch (work) {
            case Work.Format format -> loaded.format(format.command(), format.config());
            case Work.Parse parse -> loaded.parse(parse.payload(), parse.config());
            case Work.ReadDeviceId read -> loaded.deviceId(read.payload(), read.config());
        };
    }
}
