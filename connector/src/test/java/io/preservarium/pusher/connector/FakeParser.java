package io.preservarium.pusher.connector;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A script for tests of a connector: it takes the payload's text for the device id; {@code broken} makes it raise,
 * {@code half:<id>} makes it raise after it has read the id, {@code nobody} has none.
 */
public final class FakeParser implements PayloadParser {

    public static final ParserRef REF = new ParserRef("efento_bidirectional_parser.py");
    public static final ParserVersion VERSION = new ParserVersion(REF, Digest.of(new byte[0]));

    public volatile Map<String, Object> lastConfig = Map.of();
    public volatile boolean ready = true;
    public volatile Runnable whileReading = () -> {};

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
    public CompletionStage<Matched> matchReply(
            ParserRef ref, List<Map<String, Object>> outputs, List<Command> awaiting, Map<String, Object> config) {
        return CompletableFuture.completedStage(new Matched.Missing(ref));
    }

    @Override
    public CompletionStage<Parsed> parse(ParserRef ref, byte[] payload, Map<String, Object> config) {
        lastConfig = config;
        whileReading.run();
        String text = new String(payload, StandardCharsets.UTF_8);
        return CompletableFuture.supplyAsync(() -> parsed(ref, text));
    }

    private static Parsed parsed(ParserRef ref, String text) {
        if (!ref.equals(REF)) {
            return new Parsed.Missing(ref);
        }
        if (text.equals("broken")) {
            return new Parsed.Failed(Optional.empty(), "DecodeError: truncated", Optional.of(VERSION));
        }
        if (text.startsWith("half:")) {
            return new Parsed.Failed(
                    Optional.of(new DeviceId(text.substring("half:".length()))), "KeyError: 'x'", Optional.of(VERSION));
        }
        if (text.equals("nobody")) {
            return new Parsed.Outputs(Optional.empty(), List.of(), VERSION);
        }
        try {
            return new Parsed.Outputs(
                    Optional.of(new DeviceId(text)), List.of(Map.of("length", text.length())), VERSION);
        } catch (IllegalArgumentException noId) {
            return new Parsed.Failed(Optional.empty(), noId.getMessage(), Optional.of(VERSION));
        }
    }
}
