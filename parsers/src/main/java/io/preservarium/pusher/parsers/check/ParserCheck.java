package io.preservarium.pusher.parsers.check;

import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.JsonNull;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.parsers.context.ScriptClock;
import io.preservarium.pusher.parsers.context.ScriptResult;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import io.preservarium.pusher.parsers.process.Isolation;
import io.preservarium.pusher.parsers.process.WorkerPools;
import io.preservarium.pusher.parsers.runtime.ParserMetrics;
import io.preservarium.pusher.parsers.runtime.Replies;
import io.preservarium.pusher.parsers.runtime.ScriptCall;
import io.preservarium.pusher.parsers.runtime.ScriptLimits;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Whether a version may go live: it loads, and does what its examples say while the script's clock stands at their
 * {@code now}. Runs in a context of its own, made at the first check.
 */
public final class ParserCheck implements AutoCloseable {

    /** The verdict. */
    public sealed interface Result {
        ParserVersion version();

        /** It loads and {@code examples} examples pass, which may be none. */
        record Passed(ParserVersion version, int examples) implements Result {}

        /** It must not go live; {@code message} is for who wrote it. */
        record Refused(ParserVersion version, String message, List<FailedExample> failures) implements Result {
            public Refused {
                failures = List.copyOf(failures);
            }
        }
    }

    /** Is told of each example that was run. */
    public interface Listener {
        void ran(ScriptExample example, Optional<FailedExample> failure, Duration took);
    }

    /** An example that came out differently. */
    public record FailedExample(String name, String expected, String actual) {

        private static final int MAX_TEXT = 2_000;

        public FailedExample {
            expected = ForeignText.bounded(expected, MAX_TEXT);
            actual = ForeignText.bounded(actual, MAX_TEXT);
        }

        @Override
        public String toString() {
            return "'" + name + "' expected " + expected + " but was " + actual;
        }
    }

    /** Used where a version has no examples: loading is what is checked. */
    private static final ScriptExample LOAD_ONLY = new ScriptExample(
            "loads",
            new ScriptCall.Work.ReadDeviceId(new byte[0], Map.of()),
            Optional.empty(),
            new ScriptExample.Expected.Unknown());

    /** Less than callers wait for a verdict, so that they are told why. */
    private static final Duration TIME = Duration.ofSeconds(20);

    private final WorkerPools workers;
    private final Duration time;

    public ParserCheck(Isolation isolation, ScriptSandbox sandbox, ScriptLimits limits) {
        this(isolation, sandbox, limits, TIME);
    }

    /** @param time after which no further example of a version is begun */
    ParserCheck(Isolation isolation, ScriptSandbox sandbox, ScriptLimits limits, Duration time) {
        this.time = time;
        this.workers = new WorkerPools(
                "parser-check", isolation, sandbox, ScriptClock.SETTABLE, limits.forChecks(), ParserMetrics.none());
    }

    public CompletionStage<Result> check(ParserScript script) {
        return check(script, (example, failure, took) -> {});
    }

    public CompletionStage<Result> check(ParserScript script, Listener listener) {
        List<ScriptExample> examples;
        try {
            examples = script.examples().isPresent()
                    ? ScriptExample.read(script.examples().get())
                    : List.of();
        } catch (ScriptExample.Malformed e) {
            return CompletableFuture.completedStage(
                    new Result.Refused(script.version(), String.valueOf(e.getMessage()), List.of()));
        }
        // One after another: the next example begins when the last one's answer is there.
        return loads(script, examples).thenCompose(why -> {
            if (why.isPresent()) {
                return CompletableFuture.completedStage(new Result.Refused(script.version(), why.get(), List.of()));
            }
            return runAll(script, examples, listener);
        });
    }

    private CompletionStage<Result> runAll(ParserScript script, List<ScriptExample> examples, Listener listener) {
        long end = System.nanoTime() + time.toNanos();
        CompletionStage<Ran> ran = CompletableFuture.completedStage(new Ran(0, List.of()));
        for (ScriptExample example : examples) {
            ran = ran.thenCompose(sofar -> System.nanoTime() - end >= 0
                    ? CompletableFuture.completedStage(sofar)
                    : timed(script, example, listener).thenApply(sofar::and));
        }
        return ran.thenApply(all -> all.count() < examples.size()
                ? new Result.Refused(
                        script.version(),
                        "its examples take longer than " + time.toSeconds() + " s: " + all.count() + " of "
                                + examples.size() + " were run",
                        all.failures())
                : verdict(script, examples.size(), all.failures()));
    }

    private CompletionStage<Optional<FailedExample>> timed(
            ParserScript script, ScriptExample example, Listener listener) {
        long begin = System.nanoTime();
        return run(script, example).thenApply(failure -> {
            listener.ran(example, failure, Duration.ofNanos(System.nanoTime() - begin));
            return failure;
        });
    }

    /** What examples gave so far. */
    private record Ran(int count, List<FailedExample> failures) {

        Ran and(Optional<FailedExample> failure) {
            if (failure.isEmpty()) {
                return new Ran(count + 1, failures);
            }
            List<FailedExample> all = new ArrayList<>(failures);
            all.add(failure.get());
            return new Ran(count + 1, all);
        }
    }

    private static Result verdict(ParserScript script, int examples, List<FailedExample> failures) {
        return failures.isEmpty()
                ? new Result.Passed(script.version(), examples)
                : new Result.Refused(
                        script.version(),
                        failures.size() + " of " + examples + " examples failed: " + failures.getFirst(),
                        failures);
    }

    /** Why the version does not load. The first example's clock stands already then, for what a script reads at its top. */
    private CompletionStage<Optional<String>> loads(ParserScript script, List<ScriptExample> examples) {
        ScriptExample first = examples.isEmpty() ? LOAD_ONLY : examples.getFirst();
        return workers.submit(ScriptCall.example(first.now(), script, LOAD_ONLY.work()))
                .thenApply(result -> switch (result) {
                    case ScriptResult.Problem problem
                    when problem.reason() == Reason.PARSER_INVALID || problem.reason() == Reason.FORMAT_TIMEOUT ->
                        Optional.of(problem.message());
                    case ScriptResult.Quarantined quarantined -> Optional.of(quarantined.why());
                    case ScriptResult.Problem problem -> Optional.empty();
                    case ScriptResult.Bytes bytes -> Optional.empty();
                    case ScriptResult.Outputs outputs -> Optional.empty();
                });
    }

    /** Runs one example; a failure says what was expected and what came. */
    public CompletionStage<Optional<FailedExample>> run(ParserScript script, ScriptExample example) {
        return workers.submit(ScriptCall.example(example.now(), script, example.work()))
                .thenApply(result -> example.work() instanceof ScriptCall.Work.MatchReply match
                        ? Replies.checked(result, match.awaiting())
                        : result)
                .thenApply(result -> passes(example.expected(), result)
                        ? Optional.empty()
                        : Optional.of(new FailedExample(
                                example.name(), describe(example.expected()), describe(example.work(), result))));
    }

    private static boolean passes(ScriptExample.Expected expected, ScriptResult result) {
        return switch (expected) {
            case ScriptExample.Expected.Bytes bytes ->
                result instanceof ScriptResult.Bytes got
                        && HexFormat.of().formatHex(got.bytes()).equals(bytes.hex());
            case ScriptExample.Expected.Unknown none ->
                result instanceof ScriptResult.Problem problem && problem.reason() == Reason.UNKNOWN_COMMAND;
            case ScriptExample.Expected.Error error ->
                result instanceof ScriptResult.Problem problem
                        && problem.reason() != Reason.UNKNOWN_COMMAND
                        && problem.message().contains(error.substring());
            case ScriptExample.Expected.Outputs outputs ->
                result instanceof ScriptResult.Outputs got && same(outputs.outputs(), got.outputs());
            case ScriptExample.Expected.Replies replies ->
                result instanceof ScriptResult.Outputs got && same(replies.replies(), got.outputs());
            case ScriptExample.Expected.Output output ->
                result instanceof ScriptResult.Outputs got
                        && got.deviceId().map(Object::toString).equals(output.deviceId());
        };
    }

    /** As JSON says it: 21 and 21.0 are the same number, objects have no order. */
    private static boolean same(Object expected, Object got) {
        return switch (expected) {
            case Map<?, ?> map ->
                got instanceof Map<?, ?> other
                        && map.keySet().equals(other.keySet())
                        && map.entrySet().stream()
                                .allMatch(e -> same(e.getValue(), Objects.requireNonNull(other.get(e.getKey()))));
            case List<?> list -> {
                if (!(got instanceof List<?> other) || list.size() != other.size()) {
                    yield false;
                }
                Iterator<?> items = other.iterator();
                yield list.stream().allMatch(item -> same(item, items.next()));
            }
            case Number number -> got instanceof Number other && decimal(number).compareTo(decimal(other)) == 0;
            case JsonNull none -> got == JsonNull.NULL;
            default -> expected.equals(got);
        };
    }

    private static BigDecimal decimal(Number number) {
        return switch (number) {
            case BigDecimal decimal -> decimal;
            case BigInteger integer -> new BigDecimal(integer);
            case Integer integer -> BigDecimal.valueOf(integer);
            case Long integer -> BigDecimal.valueOf(integer);
            default -> new BigDecimal(number.toString());
        };
    }

    private static String describe(ScriptExample.Expected expected) {
        return switch (expected) {
            case ScriptExample.Expected.Bytes bytes -> "bytes " + bytes.hex();
            case ScriptExample.Expected.Unknown none -> "None";
            case ScriptExample.Expected.Error error -> "an error with '" + error.substring() + "'";
            case ScriptExample.Expected.Outputs outputs -> ScriptExample.text(outputs.outputs());
            case ScriptExample.Expected.Replies replies -> ScriptExample.text(replies.replies());
            case ScriptExample.Expected.Output output -> output.deviceId().orElse("None");
        };
    }

    private static String describe(ScriptCall.Work work, ScriptResult result) {
        return switch (result) {
            case ScriptResult.Bytes bytes -> "bytes " + HexFormat.of().formatHex(bytes.bytes());
            case ScriptResult.Outputs outputs ->
                work instanceof ScriptCall.Work.ReadDeviceId
                        ? outputs.deviceId().map(Object::toString).orElse("None")
                        : ScriptExample.text(outputs.outputs());
            case ScriptResult.Quarantined quarantined -> quarantined.why();
            case ScriptResult.Problem problem ->
                problem.reason() == Reason.UNKNOWN_COMMAND ? "None" : problem.reason() + " " + problem.message();
        };
    }

    @Override
    public void close() {
        workers.close();
    }
}
