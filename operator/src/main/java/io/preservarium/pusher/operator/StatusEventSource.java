package io.preservarium.pusher.operator;

import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Status events wake exactly their resource. Every partition is assigned by hand: one process reads at a time (the
 * leader), and after a crash the next one need not wait for the group to miss it.
 */
final class StatusEventSource extends AbstractEventSource<StatusEvent, DeviceCommand> {

    static final String BY_REQUEST_ID = "request-id";

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaSettings kafka;
    private final OperatorConfig config;
    private final RequestIds ids;
    private final Ledger ledger;
    private final ReadOffsets offsets;
    private final OperatorMetrics metrics;
    private final IndexedResourceCache<DeviceCommand> resources;
    private final Object lock = new Object();
    private Optional<Thread> reader = Optional.empty();
    private Optional<Consumer<byte[], byte[]>> consumer = Optional.empty();
    private volatile boolean stopped;
    private volatile Optional<String> trouble = Optional.empty();

    StatusEventSource(
            KafkaSettings kafka,
            OperatorConfig config,
            Bookkeeping books,
            OperatorMetrics metrics,
            IndexedResourceCache<DeviceCommand> resources) {
        super(StatusEvent.class, "status-events");
        this.kafka = kafka;
        this.config = config;
        this.ids = new RequestIds(config.uid());
        this.ledger = books.ledger();
        this.offsets = books.offsets();
        this.metrics = metrics;
        this.resources = resources;
    }

    /** What is known of commands, and how far it was read. */
    record Bookkeeping(Ledger ledger, ReadOffsets offsets) {}

    @Override
    public Set<StatusEvent> getSecondaryResources(DeviceCommand primary) {
        return Set.of();
    }

    /** Called with the first resource: from then on this process is the one that works. */
    void startReading() {
        synchronized (lock) {
            if (reader.isEmpty() && !stopped) {
                reader = Optional.of(
                        Thread.ofPlatform().name("pusher-operator-status").start(this::read));
            }
        }
    }

    /** Why events are not read at the moment. */
    Optional<String> trouble() {
        return trouble;
    }

    private void read() {
        while (!stopped) {
            try (Consumer<byte[], byte[]> open = open()) {
                List<TopicPartition> partitions = partitions(open);
                open.assign(partitions);
                OperatorLog.readingStarts(
                        config.topics().status(),
                        partitions.size(),
                        config.topics().group());
                follow(open);
            } catch (WakeupException e) {
                // stop() ends the loop
            } catch (KafkaException e) {
                pause(KafkaSettings.why(e));
            }
        }
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> open) {
        List<TopicPartition> partitions = open.partitionsFor(config.topics().status()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new KafkaException("there is no such topic");
        }
        return partitions;
    }

    private void follow(Consumer<byte[], byte[]> open) {
        Map<TopicPartition, OffsetAndMetadata> committed = Map.of();
        try {
            while (!stopped) {
                open.poll(POLL).forEach(this::take);
                works();
                Map<TopicPartition, OffsetAndMetadata> committable = offsets.committable();
                if (!committable.equals(committed)) {
                    open.commitSync(committable);
                    committed = committable;
                }
            }
        } finally {
            if (stopped) {
                commitLast(open);
            }
        }
    }

    private void commitLast(Consumer<byte[], byte[]> open) {
        try {
            open.commitSync(offsets.committable(), Duration.ofSeconds(2));
        } catch (KafkaException e) {
            OperatorLog.readingTrouble(config.topics().status(), KafkaSettings.why(e));
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> read) {
        ReadOffsets.Position position =
                new ReadOffsets.Position(new TopicPartition(read.topic(), read.partition()), read.offset());
        Optional<String> named = Optional.ofNullable(read.headers().lastHeader(Headers.REQUEST_ID))
                .map(header -> new String(header.value(), StandardCharsets.UTF_8));
        if (named.isPresent() && resources.byIndex(BY_REQUEST_ID, named.get()).isEmpty()) {
            skip(position);
            return;
        }
        Optional<StatusEvent> event = Optional.ofNullable(read.value())
                .flatMap(value -> StatusJson.read(value).ifValid());
        if (event.isEmpty()) {
            OperatorLog.notAStatusEvent(read.topic(), read.partition(), read.offset());
            skip(position);
            return;
        }
        wake(event.get(), position);
    }

    private void wake(StatusEvent event, ReadOffsets.Position position) {
        List<DeviceCommand> waiting = resources
                .byIndex(BY_REQUEST_ID, event.requestId().value())
                .stream()
                .filter(resource -> waitsFor(resource, event))
                .toList();
        if (waiting.isEmpty()) {
            skip(position);
            return;
        }
        metrics.readEvent(true);
        offsets.read(position, waiting.size());
        for (DeviceCommand resource : waiting) {
            ResourceID id = ResourceID.fromResource(resource);
            ledger.note(resource.uid(), event, position);
            if (resources.get(id).isEmpty()) {
                ledger.forget(resource.uid());
            }
            getEventHandler().handleEvent(new Event(id));
        }
    }

    /** The identity of a command is its id and its device. A finished one waits for nothing but a late answer. */
    private boolean waitsFor(DeviceCommand resource, StatusEvent event) {
        boolean isDone = resource.written()
                .map(Observed.Written::of)
                .filter(Observed.Written::isFinal)
                .filter(written -> !written.state().equals(Optional.of(CommandState.TIMED_OUT)))
                .isPresent();
        return !isDone
                && resource.wanted().isFor(config.name())
                && resource.wanted()
                        .command()
                        .deviceId()
                        .equals(event.deviceId().value())
                && ids.of(resource).equals(event.requestId());
    }

    private void skip(ReadOffsets.Position position) {
        metrics.readEvent(false);
        offsets.read(position, 0);
    }

    private Consumer<byte[], byte[]> open() {
        Consumer<byte[], byte[]> open = new KafkaConsumer<>(
                kafka.with(Map.of(
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "pusher-operator-status",
                        ConsumerConfig.GROUP_ID_CONFIG,
                        config.topics().group(),
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        10_000)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        synchronized (lock) {
            consumer = Optional.of(open);
            if (stopped) {
                open.wakeup();
            }
        }
        return open;
    }

    private void works() {
        if (trouble.isPresent()) {
            trouble = Optional.empty();
            OperatorLog.readingWorks(config.topics().status());
        }
    }

    private void pause(String why) {
        if (stopped) {
            return;
        }
        if (trouble.isEmpty()) {
            OperatorLog.readingTrouble(config.topics().status(), why);
        }
        trouble = Optional.of(why);
        metrics.failed("read");
        synchronized (lock) {
            try {
                if (!stopped) {
                    lock.wait(config.retryAfter().toMillis());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stopped = true;
            }
        }
    }

    @Override
    public void stop() {
        super.stop();
        Optional<Thread> running;
        synchronized (lock) {
            stopped = true;
            consumer.ifPresent(Consumer::wakeup);
            lock.notifyAll();
            running = reader;
        }
        running.ifPresent(StatusEventSource::join);
    }

    private static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
