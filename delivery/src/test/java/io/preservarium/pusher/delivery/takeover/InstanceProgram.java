package io.preservarium.pusher.delivery.takeover;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.DeliveryConfig;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.delivery.SampleConfig;
import io.preservarium.pusher.delivery.streams.StreamsDelivery;
import io.preservarium.pusher.journal.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One delivery instance as a process. Its route pushes: "sending" is a line in a file, which is what the device would have
 * seen, and the outcome is told a moment later, as by the acknowledgement of a broker. SIGTERM ends it as a connector ends:
 * nothing new is begun, outcomes under way are told, delivery is closed.
 */
final class InstanceProgram {

    static final String READY = "ready";

    private static final Duration ROUND_TRIP = Duration.ofMillis(100);

    private final FileChannel sendings;
    private final ScheduledExecutorService network = Executors.newScheduledThreadPool(2);
    private final Phaser outcomes = new Phaser(1);
    private final CompletableFuture<Delivery> delivery = new CompletableFuture<>();
    private volatile boolean ends;
    private boolean saidReady;

    private InstanceProgram(Path sendings) throws IOException {
        this.sendings = FileChannel.open(sendings, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Arguments: the brokers, the file of sendings, and the settings of delivery as {@code name=value}. */
    public static void main(String[] args) throws Exception {
        InstanceProgram program = new InstanceProgram(Path.of(args[1]));
        program.run(args[0], List.of(args).subList(2, args.length));
    }

    private void run(String brokers, List<String> settings) throws IOException {
        Map<String, String> named = new HashMap<>();
        settings.forEach(setting ->
                named.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1)));
        DeliveryConfig config = SampleConfig.of(named);
        StreamsDelivery started = StreamsDelivery.start(
                KafkaSettings.of(Map.of("bootstrap.servers", brokers)),
                config,
                new PushingRoute(),
                new PlainParser(),
                Clock.systemUTC(),
                new SimpleMeterRegistry());
        delivery.complete(started);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(started)));
        network.scheduleWithFixedDelay(() -> sayWhenReady(started), 50, 50, TimeUnit.MILLISECONDS);
        // The test holds the other end: should it die, so does this process.
        while (System.in.read() >= 0) {
            // Nothing is ever said.
        }
        Runtime.getRuntime().halt(1);
    }

    private void sayWhenReady(Delivery started) {
        if (!saidReady && started.notReadyBecause().isEmpty()) {
            saidReady = true;
            System.out.println(READY);
        }
    }

    private void end(StreamsDelivery started) {
        ends = true;
        try {
            var unused = outcomes.awaitAdvanceInterruptibly(outcomes.arrive(), 10, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            System.out.println("some outcomes stay open: " + e);
        }
        started.close();
    }

    private final class PushingRoute implements Route {
        @Override
        public Protocol protocol() {
            return Protocol.COAP;
        }

        @Override
        public Optional<String> refusal(Command command) {
            return Optional.empty();
        }

        @Override
        public boolean startsAtOnce() {
            return true;
        }

        @Override
        public boolean eligible(DeviceId device) {
            if (!ends) {
                network.execute(() -> push(device));
            }
            return true;
        }
    }

    private void push(DeviceId device) {
        if (ends) {
            return;
        }
        outcomes.register();
        delivery.join().push(device, Map.of()).whenComplete((handOut, failure) -> {
            if (handOut instanceof HandOut.Offer offer) {
                leave(offer);
                network.schedule(() -> tellSent(offer), ROUND_TRIP.toMillis(), TimeUnit.MILLISECONDS);
            } else {
                outcomes.arriveAndDeregister();
            }
        });
    }

    private void tellSent(HandOut.Offer offer) {
        delivery.join().sent(offer, Map.of(), Optional.empty());
        outcomes.arriveAndDeregister();
    }

    /** From here on it cannot be taken back. */
    private void leave(HandOut.Offer offer) {
        String line = String.join(
                        "\t",
                        offer.command().deviceId().value(),
                        new String(offer.bytes(), StandardCharsets.UTF_8),
                        String.valueOf(offer.attempt()),
                        String.valueOf(System.currentTimeMillis()))
                + "\n";
        try {
            int written = sendings.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            if (written != line.length()) {
                throw new IllegalStateException("a line was torn: " + line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The request id is the bytes. */
    private static final class PlainParser implements PayloadParser {

        private static final ParserVersion VERSION =
                new ParserVersion(new ParserRef("echo.py"), Digest.of(new byte[] {1}));

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void whenAvailable(Consumer<ParserRef> listener) {}

        @Override
        public CompletionStage<Formatted> format(
                ParserRef ref, Optional<Digest> required, Command command, Map<String, Object> config) {
            return CompletableFuture.completedFuture(new Formatted.Bytes(
                    command.requestId().value().getBytes(StandardCharsets.UTF_8), VERSION, Map.of(), List.of()));
        }

        @Override
        public CompletionStage<Matched> matchReply(
                ParserRef ref, List<Map<String, Object>> outputs, List<Command> awaiting, Map<String, Object> config) {
            return CompletableFuture.completedStage(new Matched.Missing(ref));
        }

        @Override
        public CompletionStage<Parsed> parse(ParserRef ref, byte[] payload, Map<String, Object> config) {
            return CompletableFuture.completedFuture(new Parsed.Missing(ref));
        }
    }
}
