package io.preservarium.pusher.delivery.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.DeliveryConfig;
import io.preservarium.pusher.delivery.DeliveryLog;
import io.preservarium.pusher.delivery.DeliveryMetrics;
import io.preservarium.pusher.delivery.DeliveryRecords;
import io.preservarium.pusher.delivery.DeliveryRules;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.delivery.book.BookParts;
import io.preservarium.pusher.delivery.book.BookTopology;
import io.preservarium.pusher.delivery.book.HeldBooks;
import io.preservarium.pusher.delivery.book.ParserArrivals;
import io.preservarium.pusher.delivery.schedule.EventWriter;
import io.preservarium.pusher.delivery.schedule.IntakePace;
import io.preservarium.pusher.delivery.schedule.Schedule;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.NotingClients;
import io.preservarium.pusher.journal.ReadPositions;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.preservarium.pusher.journal.records.RecordLimits;
import io.preservarium.pusher.journal.store.StoreMemory;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.errors.TaskMigratedException;

/**
 * Delivery over Kafka Streams. Starting never fails for want of Kafka: the topics are waited for, and until then there
 * is nothing to hand out and {@link #notReadyBecause} says why.
 */
public final class StreamsDelivery implements Delivery {

    private static final Duration TICK = Duration.ofMillis(250);
    private static final int LOOKS_BETWEEN_CHECKS = 20;
    private static final Duration LEASE_TICK = Duration.ofMillis(100);
    private static final Duration TOPIC_RETRY = Duration.ofSeconds(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final int LARGEST_REQUEST = RecordLimits.STANDARD.maxRecordBytes() + 1_024;

    /** What is accepted and finished within it costs the store little; after a crash so much is read again. */
    private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(3);

    /** How long the store waits to hear that this process still owns its partitions before it gives them up. */
    private static final Duration MEMBER_LIMIT = Duration.ofSeconds(10);

    private static final int FETCHED_AT_ONCE = 32 * 1024;

    /** What was fetched of one partition is read to its end before that of another, so this is what the others wait for. */
    private static final int FETCHED_OF_A_PARTITION = 64 * 1024;

    /** Taken in before the next look at events, and before a pause can begin. */
    private static final int READ_AT_ONCE = 100;

    private static final Duration RELEASE_LIMIT = Duration.ofSeconds(3);
    /** Of the local state and its topics. Another format is not migrated: all of it is read again from the topics. */
    private static final int FORMAT = 2;

    private final KafkaSettings kafka;
    private final DeliveryConfig config;
    private final DeliveryRules rules;
    private final Route route;
    private final PayloadParser parser;
    private final Clock clock;
    private final DeliveryMetrics metrics;
    private final ParserArrivals arrivals = new ParserArrivals(System::nanoTime);
    private final ExecutorService work =
            Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()), named("delivery"));
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(named("delivery-timer"));
    private final ScheduledExecutorService keeper =
            Executors.newSingleThreadScheduledExecutor(named("delivery-keeper"));
    private volatile Optional<Running> running = Optional.empty();
    private volatile String waitsFor = "Kafka has not been reached yet";
    private volatile boolean closed;
    private boolean wasReady;
    private long looks;

    private record Running(
            KafkaStreams streams,
            EventWriter writer,
            Admin admin,
            HeldBooks books,
            Schedule schedule,
            CoordinatorPulse pulse,
            PartitionOwnership ownership) {

        /** While Streams still takes up tasks, some partitions may be ready and others not held yet. */
        Optional<String> notReadyBecause() {
            return streams.state() == KafkaStreams.State.RUNNING
                    ? ownership.notReadyBecause()
                    : Optional.of("the command store is " + streams.state());
        }
    }

    private StreamsDelivery(
            KafkaSettings kafka,
            DeliveryConfig config,
            Route route,
            PayloadParser parser,
            Clock clock,
            MeterRegistry registry) {
        this.kafka = kafka;
        this.config = config;
        this.rules = DeliveryRules.of(config);
        this.route = route;
        this.parser = parser;
        this.clock = clock;
        this.metrics = new DeliveryMetrics(registry, route.protocol());
    }

    /** Returns at once; throws only for settings that cannot be right. */
    public static StreamsDelivery start(
            KafkaSettings kafka,
            DeliveryConfig config,
            Route route,
            PayloadParser parser,
            Clock clock,
            MeterRegistry registry) {
        StreamsDelivery delivery = new StreamsDelivery(kafka, config, route, parser, clock, registry);
        delivery.keeper.execute(delivery::connect);
        return delivery;
    }

    // --- start ------------------------------------------------------------------------------------------------------

    private void connect() {
        if (closed) {
            return;
        }
        Optional<Integer> partitionCount = Optional.empty();
        try {
            Admin admin = kafka.openAdmin(config.instanceId() + "-admin");
            partitionCount = partitionCount(admin);
            if (partitionCount.isPresent()) {
                run(admin, partitionCount.get());
                keeper.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
                return;
            }
            admin.close(Duration.ZERO);
        } catch (KafkaException e) {
            say("Kafka cannot be reached at " + kafka.bootstrapServers() + ": " + e.getMessage());
        }
        if (!closed) {
            keeper.schedule(this::connect, TOPIC_RETRY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** One equal partition count for life; empty while a topic is missing or the counts differ. */
    private Optional<Integer> partitionCount(Admin admin) {
        DeliveryConfig.Topics topics = config.topics();
        List<String> equal = List.of(topics.commands(), topics.cancellations(), topics.status(), topics.uplinks());
        try {
            Set<String> present = admin.listTopics().names().get(5, TimeUnit.SECONDS);
            List<String> missing = java.util.stream.Stream.concat(
                            equal.stream(), java.util.stream.Stream.of(topics.deadLetters()))
                    .filter(topic -> !present.contains(topic))
                    .toList();
            if (!missing.isEmpty()) {
                say("these topics are missing: " + String.join(", ", missing));
                return Optional.empty();
            }
            Map<String, Integer> counts = new TreeMap<>();
            admin.describeTopics(equal)
                    .allTopicNames()
                    .get(5, TimeUnit.SECONDS)
                    .forEach((topic, found) ->
                            counts.put(topic, found.partitions().size()));
            if (Set.copyOf(counts.values()).size() > 1) {
                say("these topics must have one equal partition count: " + counts);
                return Optional.empty();
            }
            return counts.values().stream().findFirst();
        } catch (ExecutionException | TimeoutException e) {
            say("Kafka does not answer at " + kafka.bootstrapServers());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void say(String what) {
        if (!what.equals(waitsFor)) {
            waitsFor = what;
            DeliveryLog.LOG.topicsMissing(what);
        }
    }

    private void run(Admin admin, int partitionCount) {
        HomePartitions home = new HomePartitions(partitionCount);
        HeldBooks books = new HeldBooks(home);
        ReadPositions positions = new ReadPositions();
        DeliveryRecords records = DeliveryRecords.of(config.topics(), rules, RecordLimits.STANDARD);
        EventWriter writer = new EventWriter(
                kafka.openProducer(config.instanceId() + "-events", eventSettings()), records, home, timer);
        IntakePace pace = new IntakePace(config.topics().commands(), System::nanoTime);
        NotingClients clients = new NotingClients(
                positions, Set.of(config.topics().status(), config.topics().cancellations()), pace);
        CoordinatorPulse pulse = new CoordinatorPulse(
                config.sessionTimeout().dividedBy(3),
                CoordinatorPulse.of(admin, applicationId()),
                clients::memberIds,
                clock,
                System::nanoTime);
        PartitionOwnership ownership =
                new PartitionOwnership(admin, positions, config.topics(), books, pulse, parser::isReady);
        Schedule schedule = new Schedule(new Schedule.Parts(
                rules,
                route,
                parser,
                config.instanceId(),
                books,
                ownership,
                writer,
                clock,
                System::nanoTime,
                work,
                timer,
                pace,
                metrics));
        BookParts parts = new BookParts(
                rules,
                route.protocol(),
                config.instanceId(),
                config.ownsInvalidCommands(),
                schedule::startsAtOnce,
                records,
                home,
                positions,
                books,
                arrivals,
                schedule,
                partition -> {
                    if (!writer.awaitQuiet(partition, RELEASE_LIMIT)) {
                        DeliveryLog.LOG.releasedInAHurry(partition);
                    }
                },
                clock);
        parser.whenAvailable(arrivals::arrived);
        KafkaStreams streams = new KafkaStreams(
                BookTopology.of(config, parts, new BacklogLast(config.topics()), () -> mayWrite(pulse)),
                settings(),
                clients);
        streams.setUncaughtExceptionHandler(failure -> {
            DeliveryLog.LOG.streamsFailed(failure);
            metrics.streamFailed();
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        running = Optional.of(new Running(streams, writer, admin, books, schedule, pulse, ownership));
        timer.scheduleWithFixedDelay(
                schedule::endLeases, LEASE_TICK.toMillis(), LEASE_TICK.toMillis(), TimeUnit.MILLISECONDS);
        streams.start();
    }

    /** A process that was stopped and continued must not overwrite what its successor wrote (ADR 21). */
    private static void mayWrite(CoordinatorPulse pulse) {
        if (!pulse.awaitWord(MEMBER_LIMIT)) {
            throw new TaskMigratedException("Kafka's group coordinator does not say that this process is a member");
        }
    }

    private String applicationId() {
        return config.applicationId() + "-" + FORMAT;
    }

    private Map<String, Object> eventSettings() {
        Map<String, Object> settings = new HashMap<>();
        // While one batch is on its way the next one fills: no waiting when there is little, few requests when there is
        // much.
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 2);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        return settings;
    }

    private Properties settings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(StreamsConfig.STATE_DIR_CONFIG, config.stateDir());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
        settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbys());
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, config.stateReplication());
        // Exactly-once wipes local state after an unclean stop; correctness rests on idempotent updates instead.
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, (int) COMMIT_INTERVAL.toMillis());
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreMemory.class);
        settings.put(StoreMemory.MEBIBYTES, config.storeMemoryMib());
        settings.put(StreamsConfig.POLL_MS_CONFIG, 50);
        // Otherwise a partition's commands wait for its events that are written and not fetched yet; while commands go
        // out there are always some. What comes first the main consumer sees to (ADR 24).
        settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, -1L);
        settings.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, KeepGoing.class);
        Map<String, Object> consumer = new HashMap<>();
        consumer.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, config.instanceId());
        consumer.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int)
                config.sessionTimeout().toMillis());
        consumer.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int)
                Math.min(1_500, config.sessionTimeout().toMillis() / 10));
        consumer.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        consumer.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, READ_AT_ONCE);
        consumer.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCHED_OF_A_PARTITION);
        if (!route.patience().isZero()) {
            consumer.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, FETCHED_AT_ONCE);
            consumer.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int)
                    route.patience().toMillis());
        }
        consumer.forEach((name, value) -> settings.put(StreamsConfig.mainConsumerPrefix(name), value));
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), BookTopology.LARGEST_RECORD);
        Properties properties = new Properties();
        properties.putAll(kafka.streams(applicationId(), config.instanceId(), settings));
        return properties;
    }

    /** Runs for ever: one failed look must not be the last. */
    private void tick() {
        try {
            running.ifPresent(this::look);
        } catch (KafkaException | IllegalStateException e) {
            DeliveryLog.LOG.lookFailed(e);
        }
    }

    private void look(Running r) {
        r.pulse().sample();
        List<Integer> takenUp = r.ownership().check();
        if (!takenUp.isEmpty()) {
            r.schedule().takeUp(takenUp);
        }
        Optional<String> why = r.notReadyBecause();
        boolean ready = why.isEmpty();
        if (ready && !wasReady) {
            DeliveryLog.LOG.ready(r.books().held().size());
        }
        // A pulse that was lost and found between two looks has turned devices away, too.
        if (ready && (r.ownership().turnedAway() || !wasReady)) {
            r.schedule().takeUp(partitions(r));
        } else if (!ready && wasReady) {
            DeliveryLog.LOG.waitingFor(why.get());
        }
        wasReady = ready;
        looks++;
        if (ready && looks % LOOKS_BETWEEN_CHECKS == 0) {
            r.schedule().checkAgain(partitions(r));
        }
    }

    // --- the port ---------------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<HandOut> answer(Uplink uplink, String exchange, Map<String, Object> facts, Duration within) {
        return running.map(r -> r.schedule().answer(uplink, exchange, facts, within))
                .orElseGet(() -> CompletableFuture.completedFuture(new HandOut.NotRecorded(waitsFor)));
    }

    @Override
    public CompletionStage<Optional<String>> record(Uplink uplink) {
        return running.map(r -> r.schedule().record(uplink))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.of(waitsFor)));
    }

    @Override
    public CompletionStage<HandOut> push(DeviceId device, Map<String, Object> facts) {
        return running.map(r -> r.schedule().push(device, facts))
                .orElseGet(() -> CompletableFuture.completedFuture(new HandOut.NotReady(waitsFor)));
    }

    @Override
    public int mostPushes() {
        return running.map(r -> r.schedule().mostPushes()).orElse(1);
    }

    @Override
    public void sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note) {
        running.ifPresent(r -> r.schedule().sent(offer, facts, note));
    }

    @Override
    public void notSent(HandOut.Offer offer, String why) {
        running.ifPresent(r -> r.schedule().notSent(offer, why));
    }

    @Override
    public void refused(HandOut.Offer offer, Reason reason, String why) {
        running.ifPresent(r -> r.schedule().refused(offer, reason, why));
    }

    @Override
    public void resume() {
        running.ifPresent(r -> r.schedule().resume(partitions(r)));
    }

    @Override
    public void offerMore() {
        running.ifPresent(r -> r.schedule().offerMore());
    }

    private static List<Integer> partitions(Running r) {
        return r.books().held().stream().map(HeldBooks.Assignment::partition).toList();
    }

    @Override
    public Optional<String> notReadyBecause() {
        return running.map(Running::notReadyBecause).orElseGet(() -> Optional.of(waitsFor));
    }

    /** Stops handing out, waits for writes under way, and leaves the group so that another replica takes over at once. */
    @Override
    public void close() {
        closed = true;
        keeper.shutdownNow();
        running.ifPresent(r -> {
            r.schedule().drain(CLOSE_LIMIT);
            // The last commit needs a word of the coordinator, and nobody asks for one any more.
            r.pulse().sample();
            r.streams()
                    .close(new KafkaStreams.CloseOptions().timeout(CLOSE_LIMIT).leaveGroup(true));
            r.writer().close();
            r.admin().close(Duration.ofSeconds(1));
        });
        timer.shutdownNow();
        work.shutdownNow();
    }

    private static ThreadFactory named(String name) {
        return Thread.ofPlatform().name(name + "-", 0).daemon(true).factory();
    }
}
