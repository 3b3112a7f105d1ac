package io.preservarium.pusher.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Protocol;
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
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A device takes its commands one after the other, faster than the book reads back what became of them. */
class LastCommandTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final HomePartitions HOME = new HomePartitions(1);

    private final Book book = new Book();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Schedule schedule = new Schedule(new Schedule.Parts(
            Samples.RULES,
            TestRoute.answering(),
            new FakeParser(),
            "a",
            book,
            new Owner(),
            new EventWriter(producer, Samples.records(), HOME, timer),
            Clock.fixed(Samples.START, ZoneOffset.UTC),
            () -> 0,
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
    void theOneThatIsLeftIsNotLookedFor() throws Exception {
        book.accept("r1", 3);
        assertThat(takes()).isEqualTo("r1");
        book.accept("r2", 7);
        assertThat(takes()).isEqualTo("r2");
        assertThat(book.looks).hasValue(0);
    }

    @Test
    void anOlderOneGoesFirstThoughTheBookReadTheEndOfTheOneBefore() throws Exception {
        book.accept("r1", 3);
        book.accept("r2", 7);
        book.accept("r3", 9);
        assertThat(takes()).isEqualTo("r1");
        book.commands.remove(3L);
        assertThat(takes()).isEqualTo("r2");
        assertThat(takes()).isEqualTo("r3");
    }

    /** The id of the command that the device is told, of which the evidence is then in Kafka. */
    private String takes() throws Exception {
        String exchange = "exchange " + producer.history().size();
        HandOut handOut = schedule.answer(
                        Samples.uplink("dev", exchange, Samples.START), exchange, Map.of(), Duration.ofSeconds(2))
                .toCompletableFuture()
                .get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(handOut).isInstanceOf(HandOut.Offer.class);
        HandOut.Offer offer = (HandOut.Offer) handOut;
        String id = offer.command().requestId().value();
        schedule.sent(offer, Map.of(), Optional.empty());
        await().atMost(SOON).until(() -> isSent(id));
        return id;
    }

    private boolean isSent(String id) {
        return producer.history().stream()
                .filter(record -> record.topic().equals("s"))
                .map(record -> StatusJson.read(record.value()).ifValid().orElseThrow())
                .anyMatch(event -> event.requestId().value().equals(id) && event.state() == CommandState.SENT);
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

    /** Commands of one device; it reads nothing back by itself. */
    private static final class Book implements BookView {

        private final ConcurrentSkipListMap<Long, Command> commands = new ConcurrentSkipListMap<>();
        private final AtomicInteger looks = new AtomicInteger();

        void accept(String id, long offset) {
            commands.put(offset, Samples.command("dev", id));
        }

        @Override
        public int partition(DeviceId device) {
            return HOME.of(device);
        }

        @Override
        public Optional<DeviceEntry> device(DeviceId device) {
            return commands.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new DeviceEntry(
                            commands.size(), commands.size(), commands.firstKey(), commands.lastKey(), List.of()));
        }

        @Override
        public Optional<Waiting> waiting(DeviceId device, long offset) {
            return Optional.ofNullable(commands.get(offset))
                    .map(command -> new Waiting(
                            Samples.facts(command, offset),
                            Progress.accepted(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            command.expiresAt()));
        }

        @Override
        public List<Long> eligible(DeviceId device, long from, int limit) {
            looks.incrementAndGet();
            return commands.tailMap(from, true).keySet().stream().limit(limit).toList();
        }

        @Override
        public Optional<Waiting> eligible(DeviceId device, long offset) {
            return waiting(device, offset);
        }

        @Override
        public Optional<Body> body(DeviceId device, long offset) {
            return Optional.ofNullable(commands.get(offset))
                    .map(command -> new Body(new byte[0], Optional.of(command)));
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
