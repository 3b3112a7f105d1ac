package io.preservarium.pusher.delivery.schedule;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.delivery.DeliveryMetrics;
import io.preservarium.pusher.delivery.FakeParser;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.delivery.TestRoute;
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
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A schedule that answers uplinks, over a book in memory and a producer that remembers; every device is its own. */
final class ScheduleFixture implements AutoCloseable {

    static final Duration WITHIN = Duration.ofSeconds(2);

    final MemoryBook book = new MemoryBook();
    final FakeParser parser = new FakeParser();
    final AtomicLong nanos = new AtomicLong();
    final IntakePace pace = new IntakePace("commands", nanos::get);
    final MockProducer<byte[], byte[]> producer;
    final Schedule schedule;
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    /** @param acknowledges whether Kafka has every record at once */
    ScheduleFixture(boolean acknowledges) {
        this(acknowledges, TestRoute.answering());
    }

    ScheduleFixture(boolean acknowledges, Route route) {
        producer = new MockProducer<>(acknowledges, null, new ByteArraySerializer(), new ByteArraySerializer());
        schedule = new Schedule(new Schedule.Parts(
                Samples.RULES,
                route,
                parser,
                "a",
                book,
                new Owner(),
                new EventWriter(producer, Samples.records(), new HomePartitions(1), timer),
                Clock.fixed(Samples.START, ZoneOffset.UTC),
                nanos::get,
                executor,
                timer,
                pace,
                new DeliveryMetrics(new SimpleMeterRegistry(), Protocol.COAP)));
    }

    /** An uplink of the device, in an exchange of its own. */
    CompletableFuture<HandOut> uplink(String device) {
        String exchange = "exchange " + producer.history().size();
        return schedule.answer(Samples.uplink(device, exchange, Samples.START), exchange, Map.of(), WITHIN)
                .toCompletableFuture();
    }

    /** What was written about commands. */
    List<StatusEvent> events() {
        return producer.history().stream()
                .filter(record -> record.topic().equals("s"))
                .map(record -> StatusJson.read(record.value()).ifValid().orElseThrow())
                .toList();
    }

    @Override
    public void close() {
        executor.shutdownNow();
        timer.shutdownNow();
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
}
