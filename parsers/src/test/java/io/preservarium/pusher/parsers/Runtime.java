package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.PayloadParser.Parsed;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.ShippedScripts;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One runtime for every test class: its first context takes seconds. */
final class Runtime {

    static final TestScripts CATALOG = new TestScripts();
    static final ScriptParser PARSER = ScriptParser.start(TestConfig.defaults(), CATALOG, ParserMetrics.none());

    static {
        ShippedScripts.read().forEach(script -> CATALOG.put(ParserLayer.SHIPPED, script));
    }

    private static final AtomicInteger NAMES = new AtomicInteger();

    private Runtime() {}

    /** A name that no other test uses. */
    static ParserRef newRef(String ending) {
        return new ParserRef("script_" + NAMES.incrementAndGet() + ending);
    }

    static ParserScript script(ParserRef ref, String source) {
        return new ParserScript(TrustDomain.DIRECTORY, ref, source, Map.of(), Optional.empty());
    }

    /** Makes the Python text live under a name of its own. */
    static ParserRef python(String source) {
        return live(".py", source, Map.of());
    }

    static ParserRef javaScript(String source) {
        return live(".js", source, Map.of());
    }

    static ParserRef live(String ending, String source, Map<String, String> companions) {
        ParserRef ref = newRef(ending);
        CATALOG.put(
                ParserLayer.DIRECTORY,
                new ParserScript(TrustDomain.DIRECTORY, ref, source, companions, Optional.empty()));
        return ref;
    }

    /** Of a request id of its own. */
    static Command command(String type, Map<String, Object> payload) {
        return command("282c02424eed", type, payload);
    }

    static Command command(String device, String type, Map<String, Object> payload) {
        return new Command(
                new RequestId("0199-" + NAMES.incrementAndGet()),
                Instant.parse("2026-11-21T01:52:00.123Z"),
                new DeviceId(device),
                type,
                payload,
                Protocol.COAP,
                Optional.empty(),
                Optional.empty(),
                Map.of("mode", "piggyback"),
                Instant.parse("2026-11-28T01:52:00.123Z"),
                Optional.empty(),
                Optional.empty(),
                Expectation.SENT,
                Optional.empty());
    }

    static Formatted format(ParserRef ref, Map<String, Object> payload) {
        return format(ref, Optional.empty(), command("config_update", payload), Map.of());
    }

    static Formatted format(ParserRef ref) {
        return format(ref, Map.of());
    }

    static Formatted format(ParserRef ref, Optional<Digest> required, Command command, Map<String, Object> config) {
        return get(PARSER.format(ref, required, command, config));
    }

    static Parsed parse(ParserRef ref, String hex) {
        return get(PARSER.parse(ref, HexFormat.of().parseHex(hex), Map.of()));
    }

    /** The bytes as text, or why there are none. */
    static String text(Formatted formatted) {
        return switch (formatted) {
            case Formatted.Bytes bytes -> new String(bytes.bytes(), StandardCharsets.UTF_8);
            case Formatted.Missing missing -> "missing " + missing.ref();
            case Formatted.Quarantined quarantined -> "quarantined: " + quarantined.why();
            case Formatted.Refused refused -> refused.reason() + ": " + refused.message();
        };
    }

    static String hex(Formatted formatted) {
        return formatted instanceof Formatted.Bytes bytes ? HexFormat.of().formatHex(bytes.bytes()) : text(formatted);
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(3, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new AssertionError("no result within three minutes", e);
        }
    }
}
