package io.preservarium.pusher.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.delivery.DeliveryMetrics;
import io.preservarium.pusher.delivery.FakeParser;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.delivery.TestRoute;
import io.preservarium.pusher.delivery.book.Body;
import io.preservarium.pusher.delivery.book.BookView;
import io.preservarium.pusher.delivery.book.DeviceEntry;
import io.preservarium.pusher.delivery.book.KeptAnswer;
import io.preservarium.pusher.delivery.book.Place;
import io.preservarium.pusher.delivery.book.Waiting;
import io.preservarium.pusher.journal.records.HomePartitions;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kafka takes its time to acknowledge an attempt, and the device is no longer there to be answered. */
class LateAcknowledgementTest {

    private static final Duration WITHIN = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final HomePartitions HOME = new HomePartitions(1);

    private final Command command = Samples.command("dev", "r1");
    private final AtomicLong nanos = new AtomicLong();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Schedule schedule = new Schedule(new Schedule.Parts(
            Samples.RULES,
            TestRoute.answering(),
            new FakeParser(),
            "a",
            new OneCommand(),
            new Owner(),
            new EventWriter(producer, Samples.records(), HOME, timer),
            Clock.fixed(Samples.START, ZoneOffset.UTC),
            nanos::get,
            executor,
            timer,
            new IntakePace("commands"),
            new DeliveryMetrics(new SimpleMeterRegistry(), Protocol.COAP)));

    @AfterEach
    void stop() {
        executor.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void theAttemptIsFreeAtOnceAndTheDeviceGetsNoCommand() throws Exception {
        CompletableFuture<HandOut> answer = answer();
        await().atMost(SOON).until(() -> producer.history().size() == 2);
        nanos.addAndGet(WITHIN.toNanos());
        acknowledge();

        assertThat(answer.get(30, TimeUnit.SECONDS)).isInstanceOf(HandOut.Nothing.class);
        await().atMost(SOON).until(() -> events().size() == 2);
        assertThat(events()).extracting(StatusEvent::state).containsExactly(CommandState.SENDING, CommandState.QUEUED);
        assertThat(events().get(1).attempt()).isEqualTo(1);
        assertThat(events().get(1).message().orElseThrow()).contains("could no longer be answered");
    }

    @Test
    void inTimeTheDeviceGetsIt() throws Exception {
        CompletableFuture<HandOut> answer = answer();
        await().atMost(SOON).until(() -> producer.history().size() == 2);
        nanos.addAndGet(WITHIN.toNanos() - 1);
        acknowledge();

        assertThat(answer.get(30, TimeUnit.SECONDS)).isInstanceOf(HandOut.Offer.class);
        assertThat(events()).extracting(StatusEvent::state).containsExactly(CommandState.SENDING);
    }

    private CompletableFuture<HandOut> answer() {
        return schedule.answer(Samples.uplink("dev", "u1", Samples.START), "exchange", Map.of(), WITHIN)
                .toCompletableFuture();
    }

    private void acknowledge() {
        while (producer.completeNext()) {
            // The uplink and the attempt.
        }
    }

    private List<StatusEvent> events() {
        return producer.history().stream()
                .filter(record -> record.topic().equals("s"))
                .map(record -> StatusJson.read(record.value()).ifValid().orElseThrow())
                .toList();
    }

    private record Owner() implements Ownership {

        @Override
        public Optional<String> notReady(DeviceId device) {
            return Optional.empty();
        }

        @Override
        public boolean isReady(int partition) {
            return true;
        }

        @Override
        public Optional<Long> generation(DeviceId device) {
            return Optional.of(1L);
        }
    }

    private final class OneCommand implements BookView {

        private final Waiting waiting = new Waiting(
                Samples.facts(command, 0),
                Progress.accepted(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                command.expiresAt());

        @Override
        public int partition(DeviceId device) {
            return HOME.of(device);
        }

        @Override
        public Optional<DeviceEntry> device(DeviceId device) {
            return Optional.of(new DeviceEntry(1, 1, 0, 0, List.of()));
        }

        @Override
        public Optional<Waiting> waiting(DeviceId device, long offset) {
            return Optional.of(waiting);
        }

        @Override
        public List<Long> eligible(DeviceId device, long from, int limit) {
            return from == 0 ? List.of(0L) : List.of();
        }

        @Override
        public Optional<Waiting> eligible(DeviceId device, long offset) {
            return Optional.of(waiting);
        }

        @Override
        public Optional<Body> body(DeviceId device, long offset) {
            return Optional.of(new Body(new byte[0], Optional.of(command)));
        }

        @Override
        public Optional<KeptAnswer> answer(DeviceId device) {
            return Optional.empty();
        }

        @Override
        public List<Place> unchecked(int partition, long fromOffset, int limit) {
            return List.of();
        }

        @Override
        public List<Device> devices(int partition, Optional<DeviceId> after, int limit) {
            return List.of();
        }
    }
}
