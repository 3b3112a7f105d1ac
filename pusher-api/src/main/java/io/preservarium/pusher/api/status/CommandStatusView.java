package io.preservarium.pusher.api.status;

import io.preservarium.pusher.api.kafka.KafkaLink;
import io.preservarium.pusher.api.kafka.KafkaState;
import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.api.telemetry.ApiLog;
import io.preservarium.pusher.api.telemetry.Counts;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.NotingClients;
import io.preservarium.pusher.journal.ReadPositions;
import io.preservarium.pusher.journal.records.CommandRecords;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.preservarium.pusher.journal.records.RecordLimits;
import io.preservarium.pusher.journal.records.StatusRecords;
import io.preservarium.pusher.journal.store.StoreMemory;
import io.preservarium.pusher.journal.store.WriteBehindStore;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.errors.UnknownStateStoreException;

/**
 * The view of every command's progress, and the questions to it. It starts when the topics are there, starts again
 * when it fell over, and never answers "unknown" before it has read what was written before the question.
 */
@Singleton
public final class CommandStatusView {

    /** How long a question waits for the view to catch up. DESIGN section 9. */
    public static final Duration CATCH_UP = Duration.ofSeconds(2);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final int STORE_MEBIBYTES = 96;
    /** Of one id that are looked at. */
    private static final int MOST_DEVICES = 1_000;

    /** What a question found. */
    public sealed interface Found {
        record Row(CommandRow row) implements Found {}

        /** Several devices have a command with this id. */
        record Ambiguous(List<DeviceId> devices) implements Found {}

        record Nothing() implements Found {}

        /** Part of the view cannot be read at the moment. */
        record Unavailable(String why) implements Found {}
    }

    /** The view of one partition count; another count would need another one. */
    private record Running(KafkaStreams streams, HomePartitions home, AtomicBoolean wasReady) {}

    private final KafkaLink kafka;
    private final KafkaSettings kafkaSettings;
    private final ApiConfig config;
    private final Counts counts;
    private final RowReader reader;
    private final ReadPositions positions = new ReadPositions();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread supervisor =
            Thread.ofPlatform().name("status-view-supervisor").daemon().unstarted(this::supervise);

    private volatile KafkaState kafkaState = new KafkaState.Away("not asked yet");
    private volatile Optional<Running> running = Optional.empty();
    private volatile String notStarted = "the status view has not started";

    CommandStatusView(KafkaLink kafka, KafkaSettings kafkaSettings, ApiConfig config, Counts counts) {
        this.kafka = kafka;
        this.kafkaSettings = kafkaSettings;
        this.config = config;
        this.counts = counts;
        this.reader = new RowReader(config.expiryRule());
    }

    public void start() {
        supervisor.start();
    }

    public KafkaState kafkaState() {
        return kafkaState;
    }

    /** Empty when commands can be taken and asked for, else why not. */
    public Optional<String> trouble() {
        if (!(kafkaState instanceof KafkaState.Ready)) {
            return Optional.of(kafkaState.message());
        }
        return running.map(CommandStatusView::trouble).orElseGet(() -> Optional.of(notStarted));
    }

    /** A rebalance passes, and taking commands does not depend on it; before the first one is through nothing can be read. */
    private static Optional<String> trouble(Running view) {
        KafkaStreams.State state = view.streams().state();
        boolean well = state == KafkaStreams.State.RUNNING
                || (state == KafkaStreams.State.REBALANCING && view.wasReady().get());
        return well ? Optional.empty() : Optional.of("the status view is " + state);
    }

    /** Looks, and on a miss looks again after the view has read up to the end of this moment. */
    public Found ask(RequestId request, Optional<DeviceId> device) throws InterruptedException {
        long deadline = System.nanoTime() + CATCH_UP.toNanos();
        Found first = look(request, device);
        if (first instanceof Found.Row || first instanceof Found.Ambiguous || running.isEmpty()) {
            return first;
        }
        List<TopicPartition> owning = owning(device, running.get().home())
                .mapToObj(partition -> new TopicPartition(config.topics().commands(), partition))
                .toList();
        try {
            Map<TopicPartition, Long> ends = kafka.endOffsets(owning)
                    .toCompletableFuture()
                    .get(left(deadline).toMillis(), TimeUnit.MILLISECONDS);
            return positions.await(ends, left(deadline))
                    ? look(request, device)
                    : new Found.Unavailable("the status view has not read up to the end of "
                            + config.topics().commands() + " yet");
        } catch (ExecutionException | TimeoutException e) {
            return new Found.Unavailable("Kafka does not say how far there is to read: " + KafkaLink.why(e));
        }
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private static IntStream owning(Optional<DeviceId> device, HomePartitions home) {
        return device.map(id -> IntStream.of(home.of(id))).orElseGet(() -> IntStream.range(0, home.count()));
    }

    /** What stands there now, without waiting for anything. */
    public Found look(RequestId request, Optional<DeviceId> device) {
        if (running.isEmpty()) {
            return new Found.Unavailable(trouble().orElse(notStarted));
        }
        Running view = running.get();
        return device.map(id -> find(view, request, id)).orElseGet(() -> find(view, request));
    }

    private Found find(Running view, RequestId request, DeviceId device) {
        try {
            Bytes key = StoredRow.key(request, device);
            return store(view, view.home().of(device))
                    .get(key, StoredRow.CODEC)
                    .flatMap(stored -> reader.read(key, stored))
                    .<Found>map(Found.Row::new)
                    .orElseGet(Found.Nothing::new);
        } catch (InvalidStateStoreException e) {
            return unavailable(e);
        }
    }

    /** The hint in the id first: when the device there is the one it was made for, the id is no other device's. */
    private Found find(Running view, RequestId request) {
        try {
            SequencedSet<Integer> order = new LinkedHashSet<>();
            var hint = RequestIds.deviceHash(request);
            hint.ifPresent(hash -> order.add(view.home().ofHash(hash)));
            IntStream.range(0, view.home().count()).forEach(order::add);
            List<CommandRow> rows = new ArrayList<>();
            for (int partition : order) {
                for (CommandRow row : rows(view, partition, request)) {
                    if (hint.isPresent() && HomePartitions.hash(row.deviceId()) == hint.getAsInt()) {
                        return new Found.Row(row);
                    }
                    rows.add(row);
                }
            }
            return switch (rows.size()) {
                case 0 -> new Found.Nothing();
                case 1 -> new Found.Row(rows.getFirst());
                default ->
                    new Found.Ambiguous(
                            rows.stream().map(CommandRow::deviceId).sorted().toList());
            };
        } catch (InvalidStateStoreException e) {
            return unavailable(e);
        }
    }

    private List<CommandRow> rows(Running view, int partition, RequestId request) {
        return store(view, partition)
                .entries(StoredRow.prefix(request), StoredRow.afterPrefix(request), MOST_DEVICES, StoredRow.CODEC)
                .stream()
                .flatMap(entry -> reader.read(entry.key(), entry.row()).stream())
                .toList();
    }

    private static WriteBehindStore store(Running view, int partition) {
        try {
            return view.streams()
                    .store(StoreQueryParameters.fromNameAndType(StatusTopology.STORE, new WriteBehindStore.Queried())
                            .withPartition(partition));
        } catch (StreamsNotStartedException | UnknownStateStoreException e) {
            throw new InvalidStateStoreException(e.getMessage(), e);
        }
    }

    private static Found unavailable(InvalidStateStoreException e) {
        return new Found.Unavailable("the status view is being moved or restored: " + KafkaLink.why(e));
    }

    private void supervise() {
        boolean asked = false;
        try {
            do {
                KafkaState now = kafka.look();
                KafkaState state = now instanceof KafkaState.Ready ready
                                && running.map(view -> view.home().count() != ready.partitions())
                                        .orElse(false)
                        ? new KafkaState.Unequal(ready.partitions() + " now and "
                                + running.orElseThrow().home().count() + " at the start of this process")
                        : now;
                boolean stillAway = state instanceof KafkaState.Away && kafkaState instanceof KafkaState.Away && asked;
                if (!stillAway && !state.equals(kafkaState)) {
                    logState(state);
                }
                asked = true;
                kafkaState = state;
                if (state instanceof KafkaState.Ready ready) {
                    keepRunning(ready.partitions());
                }
            } while (!closed.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void logState(KafkaState state) {
        if (state instanceof KafkaState.Ready) {
            ApiLog.LOG.kafkaIsReady(state.message());
        } else {
            ApiLog.LOG.kafkaIsNotReady(state.message());
        }
    }

    private void keepRunning(int partitions) {
        if (running.isPresent()) {
            KafkaStreams.State state = running.get().streams().state();
            if (!state.hasCompletedShutdown() && state != KafkaStreams.State.PENDING_ERROR) {
                return;
            }
            running.get().streams().close(CLOSE_TIMEOUT);
            running = Optional.empty();
        }
        try {
            AtomicBoolean wasReady = new AtomicBoolean();
            KafkaStreams streams = streams(partitions, wasReady);
            ApiLog.LOG.viewStarts(
                    config.view().applicationId(),
                    config.view().instanceId(),
                    config.view().stateDir());
            streams.start();
            running = Optional.of(new Running(streams, new HomePartitions(partitions), wasReady));
        } catch (KafkaException e) {
            // A locked or unwritable state directory, for one; it is tried again.
            String why = "the status view cannot start: " + KafkaLink.why(e);
            if (!why.equals(notStarted)) {
                notStarted = why;
                ApiLog.LOG.viewTrouble(why);
            }
        }
    }

    private KafkaStreams streams(int partitions, AtomicBoolean wasReady) {
        StatusTopology.Settings settings = new StatusTopology.Settings(
                new CommandRecords(config.topics().commands(), config.expiryRule(), RecordLimits.STANDARD),
                new StatusRecords(config.topics().status(), RecordLimits.STANDARD),
                new HomePartitions(partitions),
                config.view().retention(),
                partition -> kafka.endOffset(new TopicPartition(config.topics().status(), partition)));
        KafkaStreams streams = new KafkaStreams(
                StatusTopology.build(settings, positions, counts),
                new StreamsConfig(kafkaSettings.streams(
                        config.view().applicationId(), config.view().applicationId(), streamsSettings())),
                new NotingClients(positions));
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING && !wasReady.getAndSet(true)) {
                ApiLog.LOG.viewReady();
            }
        });
        streams.setUncaughtExceptionHandler(failure -> {
            ApiLog.LOG.viewThreadFailed(failure);
            return failure.getCause() instanceof MissingSourceTopicException
                    ? StreamThreadExceptionResponse.SHUTDOWN_CLIENT
                    : StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        return streams;
    }

    private Map<String, Object> streamsSettings() {
        Map<String, Object> own = new HashMap<>();
        own.put(StreamsConfig.STATE_DIR_CONFIG, config.view().stateDir().toString());
        own.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.view().threads());
        own.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        own.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 2000);
        own.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        own.put(StoreMemory.MEBIBYTES, STORE_MEBIBYTES);
        own.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreMemory.class);
        own.put(
                StreamsConfig.mainConsumerPrefix("group.instance.id"),
                config.view().instanceId());
        own.put(StreamsConfig.consumerPrefix("session.timeout.ms"), (int) SESSION_TIMEOUT.toMillis());
        own.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), (int) SESSION_TIMEOUT.toMillis() / 5);
        // A few large fetches and batches instead of many small ones; a question waits this much longer.
        own.put(StreamsConfig.mainConsumerPrefix("fetch.min.bytes"), 32 * 1024);
        own.put(StreamsConfig.mainConsumerPrefix("fetch.max.wait.ms"), 50);
        own.put(StreamsConfig.producerPrefix("linger.ms"), 50);
        own.put(StreamsConfig.producerPrefix("compression.type"), "lz4");
        return own;
    }

    /** Leaves the group at once, so that another replica need not wait for the session to end. */
    public void stop() throws InterruptedException {
        closed.countDown();
        supervisor.interrupt();
        if (supervisor.isAlive()) {
            supervisor.join(CLOSE_TIMEOUT.toMillis());
        }
        boolean connected = kafkaState.isConnected();
        running.ifPresent(view -> view.streams()
                .close(new KafkaStreams.CloseOptions().leaveGroup(connected).timeout(CLOSE_TIMEOUT)));
    }
}
