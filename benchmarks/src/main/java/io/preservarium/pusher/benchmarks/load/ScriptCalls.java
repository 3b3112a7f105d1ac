package io.preservarium.pusher.benchmarks.load;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Expectation;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.parsers.MicrometerParserMetrics;
import io.preservarium.pusher.parsers.ParsersConfig;
import io.preservarium.pusher.parsers.ScriptParser;
import io.preservarium.pusher.parsers.script.LiveScripts;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The script runtime alone, as a program: "run SECONDS" is answered with "ran COUNT NANOSECONDS". */
public final class ScriptCalls {

    /** As many as a connector has on the way when there is much to do. */
    private static final int IN_FLIGHT = 32;

    private final ScriptParser parser;
    private final ParserRef ref;
    private final AtomicReference<Optional<String>> wrong = new AtomicReference<>(Optional.empty());

    private ScriptCalls(ScriptParser parser, ParserRef ref) {
        this.parser = parser;
        this.ref = ref;
    }

    private record One(ParserScript script) implements LiveScripts {

        @Override
        public Optional<ParserScript> live(ParserRef ref) {
            return ref.equals(script.ref()) ? Optional.of(script) : Optional.empty();
        }

        @Override
        public boolean isListed() {
            return true;
        }

        @Override
        public void whenLive(Consumer<ParserRef> listener) {
            // It is live from the start.
        }
    }

    /** @param arguments the isolation and the script's file */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        ParserRef ref = new ParserRef(file.getFileName().toString());
        ParserScript script =
                new ParserScript(TrustDomain.DIRECTORY, ref, Files.readString(file), Map.of(), Optional.empty());
        ParsersConfig config = new SmallRyeConfigBuilder()
                .withMapping(ParsersConfig.class)
                .withDefaultValue("pusher.parsers.isolation", arguments[0])
                .withDefaultValue("pusher.parsers.contexts", "1")
                .build()
                .getConfigMapping(ParsersConfig.class);
        ScriptParser parser =
                ScriptParser.start(config, new One(script), new MicrometerParserMetrics(new SimpleMeterRegistry()));
        ScriptCalls calls = new ScriptCalls(parser, ref);
        System.out.println("ready " + calls.first());
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(calls.run(Duration.ofSeconds(Integer.parseInt(line.split(" ")[1]))));
        }
        System.exit(0);
    }

    private String first() {
        Formatted formatted = format(0).toCompletableFuture().join();
        return formatted instanceof Formatted.Bytes bytes
                ? HexFormat.of().formatHex(bytes.bytes())
                : formatted.toString();
    }

    private String run(Duration time) throws InterruptedException {
        Semaphore free = new Semaphore(IN_FLIGHT);
        long begin = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - begin < time.toNanos()) {
            free.acquire();
            count++;
            var unused = format(count).whenComplete((formatted, failure) -> {
                if (!(formatted instanceof Formatted.Bytes)) {
                    wrong.set(Optional.of(String.valueOf(failure == null ? formatted : failure)));
                }
                free.release();
            });
        }
        free.acquire(IN_FLIGHT);
        return wrong.get().orElse("ran " + count + " " + (System.nanoTime() - begin));
    }

    private java.util.concurrent.CompletionStage<Formatted> format(long number) {
        Instant now = Instant.ofEpochSecond(1_700_000_000);
        Command command = new Command(
                new RequestId("r" + number),
                now,
                new DeviceId("sensor"),
                "config_update",
                payload(),
                Protocol.COAP,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                now.plus(Duration.ofDays(1)),
                Optional.empty(),
                Optional.empty(),
                Expectation.SENT,
                Optional.empty());
        return parser.format(ref, Optional.empty(), command, Map.of());
    }

    /** What the scripts make 34 bytes of; {@code Scripts} gives the baselines the same. */
    private static Map<String, Object> payload() {
        return Map.of(
                "name",
                "sensor",
                "interval",
                300,
                "time",
                1_700_000_000,
                "thresholds",
                List.of(-10, 25),
                "gain",
                1.5,
                "urgent",
                true);
    }
}
