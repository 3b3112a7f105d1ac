package io.preservarium.pusher.mqtt;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Knows only whether it is ready: delivery formats, and this version reads nothing. */
final class FakeParser implements PayloadParser {

    static final ParserRef REF = new ParserRef("mqtt_device_parser.py");
    static final ParserVersion VERSION = new ParserVersion(REF, Digest.of(new byte[0]));

    volatile boolean ready = true;

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void whenAvailable(Consumer<ParserRef> listener) {}

    @Override
    public CompletionStage<Formatted> format(
            ParserRef ref, Optional<Digest> required, Command command, Map<String, Object> config) {
        throw new AssertionError("delivery formats, not the connector");
    }

    @Override
    public CompletionStage<Parsed> parse(ParserRef ref, byte[] payload, Map<String, Object> config) {
        throw new AssertionError("this version reads nothing");
    }
}
