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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * The script runtime alone, as a program: "run SECONDS" is answered with "ran COUNT NANOSECONDS". After "hostile SECONDS" a
 * second script, of somebody else's, is called beside it once a second, each time for another device. "swap SECONDS" makes
 * another version live in the middle of calls at an even pace, and is answered with "swapped P99 LONGEST", in nanoseconds.
 */
public final class ScriptCalls {

    /** As many as a connector has on the way when there is much to do. */
    private static final int IN_FLIGHT = 32;

    /** No engine can stop them all. */
    private static final String HOSTILE = """
            def format_command(command):
                kind = command['payload']['n'] % 5
                if kind == 0:
                    return bytes([sum(range(10 ** 12))])
                if kind == 1:
                    rows = []
                    while True:
                        rows.append(bytearray(10 ** 6))
                if kind == 2:
                    while True:
                        try:
                            while True:
                                pass
                        except BaseException:
                            pass
                if kind == 3:
                    return str(10 ** (10 ** 8)).encode()
                import re
                return b'x' if re.match('(a|aa)+$', 'a' * 60 + 'b') else b''
            """;

    /** What the scripts make 34 bytes of; {@code Scripts} gives the baselines the same. */
    private static final Map<String, Object> PAYLOAD = Map.of(
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

    private static final ParserRef HOSTILE_REF = new ParserRef("hostile.py");

    /** A busy connector's; a twentieth of what a processor can. */
    private static final int PACED_PER_SECOND = 1_000;

    private final ScriptParser parser;
    private final Few scripts;
    private final ParserRef ref;
    private int versions;
    private int hostileCalls;
    private volatile Optional<String> wrong = Optional.empty();

    private ScriptCalls(ScriptParser parser, Few scripts, ParserRef ref) {
        this.parser = parser;
        this.scripts = scripts;
        this.ref = ref;
    }

    private record Few(Map<ParserRef, ParserScript> scripts) implements LiveScripts {

        static Few of(ParserScript... scripts) {
            Few few = new Few(new ConcurrentHashMap<>());
            for (ParserScript script : scripts) {
                few.scripts.put(script.ref(), script);
            }
            return few;
        }

        @Override
        public Optional<ParserScript> live(ParserRef ref) {
            return Optional.ofNullable(scripts.get(ref));
        }

        @Override
        public boolean isListed() {
            return true;
        }

        @Override
        public void whenLive(Consumer<ParserRef> listener) {
            // One of each is live from the start.
        }
    }

    /** @param arguments the isolation, the script's file, its owner, and how many contexts there are */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        ParserRef ref = new ParserRef(file.getFileName().toString());
        ParserScript script = new ParserScript(
                new TrustDomain(arguments[2]), ref, Files.readString(file), Map.of(), Optional.empty());
        ParserScript hostile =
                new ParserScript(TrustDomain.ofOwner("hostile"), HOSTILE_REF, HOSTILE, Map.of(), Optional.empty());
        ParsersConfig config = new SmallRyeConfigBuilder()
                .withMapping(ParsersConfig.class)
                .withDefaultValue("pusher.parsers.isolation", arguments[0])
                .withDefaultValue("pusher.parsers.contexts", arguments[3])
                .build()
                .getConfigMapping(ParsersConfig.class);
        Few scripts = Few.of(script, hostile);
        ScriptParser parser =
                ScriptParser.start(config, scripts, new MicrometerParserMetrics(new SimpleMeterRegistry()));
        ScriptCalls calls = new ScriptCalls(parser, scripts, ref);
        System.out.println("ready " + calls.first());
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ");
            Duration time = Duration.ofSeconds(Integer.parseInt(words[1]));
            System.out.println(
                    switch (words[0]) {
                        case "run" -> calls.run(time);
                        case "hostile" -> calls.runBesideHostile(time);
                        case "swap" -> calls.swap(time);
                        default -> throw new IllegalArgumentException("no order is " + line);
                    });
        }
        System.exit(0);
    }

    private String first() {
        Formatted formatted = format(0).toCompletableFuture().join();
        return formatted instanceof Formatted.Bytes bytes
                ? HexFormat.of().formatHex(bytes.bytes())
                : formatted.toString();
    }

    private String runBesideHostile(Duration time) throws InterruptedException {
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            var calls = clock.scheduleAtFixedRate(
                    () -> {
                        var unused = format(HOSTILE_REF, "hostile-" + ++hostileCalls, Map.of("n", hostileCalls));
                    },
                    0,
                    1,
                    TimeUnit.SECONDS);
            try {
                return run(time);
            } finally {
                calls.cancel(false);
            }
        }
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
                    wrong = Optional.of(String.valueOf(failure == null ? formatted : failure));
                }
                free.release();
            });
        }
        free.acquire(IN_FLIGHT);
        return wrong.orElse("ran " + count + " " + (System.nanoTime() - begin));
    }

    /** From when a call is due until its answer is there. */
    private String swap(Duration time) throws InterruptedException {
        ConcurrentHistogram waited = new ConcurrentHistogram(3);
        long step = TimeUnit.SECONDS.toNanos(1) / PACED_PER_SECOND;
        long count = time.toNanos() / step;
        long begin = System.nanoTime();
        CountDownLatch answered = new CountDownLatch((int) count);
        for (long n = 0; n < count; n++) {
            long due = begin + n * step;
            LockSupport.parkNanos(due - System.nanoTime());
            if (n == count / 2) {
                another();
            }
            var unused = format(n).whenComplete((formatted, failure) -> {
                waited.recordValue(Math.max(0, System.nanoTime() - due));
                if (!(formatted instanceof Formatted.Bytes)) {
                    wrong = Optional.of(String.valueOf(failure == null ? formatted : failure));
                }
                answered.countDown();
            });
        }
        answered.await();
        return wrong.orElse("swapped " + waited.getValueAtPercentile(99) + " " + waited.getMaxValue());
    }

    private void another() {
        scripts.scripts.computeIfPresent(
                ref,
                (same, old) -> new ParserScript(
                        old.domain(), ref, old.source() + "\n# " + ++versions + "\n", Map.of(), Optional.empty()));
    }

    private CompletionStage<Formatted> format(long number) {
        return format(ref, "r" + number, PAYLOAD);
    }

    private CompletionStage<Formatted> format(ParserRef script, String request, Map<String, Object> payload) {
        Instant now = Instant.ofEpochSecond(1_700_000_000);
        Command command = new Command(
                new RequestId(request),
                now,
                new DeviceId("sensor-" + request),
                "config_update",
                payload,
                Protocol.COAP,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                now.plus(Duration.ofDays(1)),
                Optional.empty(),
                Optional.empty(),
                Expectation.SENT,
                Optional.empty());
        return parser.format(script, Optional.empty(), command, Map.of());
    }
}
