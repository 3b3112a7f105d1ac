package io.preservarium.pusher.benchmarks.micro;

import io.preservarium.pusher.benchmarks.load.Commands;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.StatusJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What every command and every event costs each of its readers and writers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class WireBenchmark {

    private static final Instant NOW = Instant.parse("2026-11-21T01:52:00.123Z");
    private static final RequestId IF_ABSENT = new RequestId("device_commands-0-0");

    private final byte[] record =
            Commands.coap("run", "mqtt_device_parser.py", 1, 1).value(0, NOW);
    private final Command command = read();
    private final List<StatusEvent> story = story(command);
    private final StatusEvent sent = story.getLast();
    private final byte[] sentJson = StatusJson.write(sent);

    private Command read() {
        return switch (CommandJson.readRecord(record, IF_ABSENT, NOW, ExpiryRule.STANDARD)) {
            case CommandJson.Read.Valid valid -> valid.command();
            case CommandJson.Read.Invalid invalid -> throw new IllegalStateException(invalid.message());
        };
    }

    private static List<StatusEvent> story(Command command) {
        Optional<ParserVersion> parser =
                Optional.of(new ParserVersion(new ParserRef("mqtt_device_parser.py"), Digest.of(new byte[] {1})));
        return List.of(
                StatusEvent.about(command, CommandState.QUEUED, NOW, "coap-connector-0")
                        .build(),
                StatusEvent.about(command, CommandState.SENDING, NOW, "coap-connector-0")
                        .attempt(1)
                        .parser(parser)
                        .bytes(Optional.of(StatusEvent.SentBytes.of(new byte[] {2})))
                        .build(),
                StatusEvent.about(command, CommandState.SENT, NOW, "coap-connector-0")
                        .attempt(1)
                        .parser(parser)
                        .bytes(Optional.of(StatusEvent.SentBytes.of(new byte[] {2})))
                        .build());
    }

    @Benchmark
    public CommandJson.Read readCommand() {
        return CommandJson.readRecord(record, IF_ABSENT, NOW, ExpiryRule.STANDARD);
    }

    @Benchmark
    public byte[] writeCommand() {
        return CommandJson.write(command);
    }

    @Benchmark
    public Object readEvent() {
        return StatusJson.read(sentJson);
    }

    @Benchmark
    public byte[] writeEvent() {
        return StatusJson.write(sent);
    }

    @Benchmark
    public Progress foldAStory() {
        Progress progress = Progress.accepted();
        for (StatusEvent event : story) {
            progress = progress.apply(event).progress();
        }
        return progress;
    }
}
