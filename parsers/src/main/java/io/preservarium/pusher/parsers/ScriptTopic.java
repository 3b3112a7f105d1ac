package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.wire.ScriptJson;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Follows the script topic: the whole of it at the start, before the catalogue counts as listed, then each change as it
 * comes. A version swaps between two calls; calls under way finish with the version they began with.
 */
public final class ScriptTopic implements AutoCloseable {

    /** Keys with this ending keep the version before, for people; they are never live. */
    static final String PREVIOUS = "@previous";

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final ScriptTopicConfig config;
    private final ParserCatalog catalog;
    private final Clock clock;
    private final Thread thread;
    private String lastAway = "";
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Optional<Consumer<byte[], byte[]>> consuming = Optional.empty();

    private ScriptTopic(ScriptTopicConfig config, ParserCatalog catalog, Clock clock) {
        this.config = config;
        this.catalog = catalog;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("script-topic").daemon().unstarted(this::follow);
    }

    /** Returns at once; Kafka and the topic are waited for. The catalogue is one of {@link ParserCatalog#ofFilesAndTopic}. */
    public static ScriptTopic follow(ScriptTopicConfig config, ParserCatalog catalog, Clock clock) {
        ScriptTopic topic = new ScriptTopic(config, catalog, clock);
        topic.thread.start();
        return topic;
    }

    private void follow() {
        while (closed.getCount() > 0) {
            try (Consumer<byte[], byte[]> consumer = consumer();
                    Producer<byte[], byte[]> producer = producer()) {
                consuming = Optional.of(consumer);
                read(consumer, producer);
            } catch (WakeupException | InterruptException e) {
                return;
            } catch (KafkaException e) {
                away(e.getMessage() == null ? e.toString() : e.getMessage());
                pause();
            } finally {
                consuming = Optional.empty();
            }
        }
    }

    private void read(Consumer<byte[], byte[]> consumer, Producer<byte[], byte[]> producer) {
        while (closed.getCount() > 0
                && consumer.partitionsFor(config.topic(), ANSWER).isEmpty()) {
            away("it does not exist");
            pause();
        }
        TopicPartition partition = new TopicPartition(config.topic(), 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition), ANSWER).getOrDefault(partition, 0L);
        ScriptReports reports = new ScriptReports(config, catalog, clock);
        Set<ParserRef> present = new HashSet<>();
        boolean listed = false;
        while (closed.getCount() > 0) {
            if (!listed && consumer.position(partition, ANSWER) >= end) {
                listed = true;
                list(present);
                // After the listing: a status topic that is away holds up nobody's commands.
                reports.recall(this::consumer);
            }
            if (listed) {
                reports.tell(producer);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                take(record, reports, present);
            }
        }
    }

    /** What an earlier reading left, and the topic no longer has, goes. */
    private void list(Set<ParserRef> present) {
        List<ParserRef> inTopic = catalog.entries().stream()
                .filter(entry -> entry.versions().containsKey(ParserLayer.TOPIC))
                .map(ParserCatalog.Entry::ref)
                .toList();
        inTopic.stream().filter(ref -> !present.contains(ref)).forEach(ref -> catalog.remove(ParserLayer.TOPIC, ref));
        catalog.listed(ParserLayer.TOPIC);
        ParsersLog.listed(ParserLayer.TOPIC, present.size());
        lastAway = "";
    }

    /** The same reason is said once, however long it lasts. */
    private void away(String why) {
        if (!why.equals(lastAway)) {
            lastAway = why;
            ParsersLog.topicAway(config.topic(), why);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, ScriptReports reports, Set<ParserRef> present) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (key.endsWith(PREVIOUS)) {
            return;
        }
        ParserRef ref;
        try {
            ref = new ParserRef(key);
        } catch (IllegalArgumentException e) {
            ParsersLog.recordRefused(key, String.valueOf(e.getMessage()));
            return;
        }
        if (record.value() == null) {
            present.remove(ref);
            reports.forgive(ref);
            catalog.remove(ParserLayer.TOPIC, ref);
            ParsersLog.removed(ref);
        } else {
            present.add(ref);
            put(ref, ScriptJson.readPublished(record.value()), reports);
        }
    }

    /** What is refused changes nothing: the version before stays live. */
    private void put(ParserRef ref, Optional<PublishedScript> published, ScriptReports reports) {
        if (published.isEmpty() || !published.get().ref().equals(ref)) {
            reports.refused(ref, Optional.empty(), "the record is no script of this name");
            return;
        }
        PublishedScript found = published.get();
        try {
            ParserScript script = new ParserScript(ref, found.source(), found.companions(), found.examples());
            if (!script.version().sha256().equals(found.sha256())) {
                reports.refused(ref, Optional.of(found.sha256()), "the text has another digest than the record says");
                return;
            }
            reports.forgive(ref);
            catalog.put(ParserLayer.TOPIC, script);
            ParsersLog.published(script.version(), found.owner());
        } catch (IllegalArgumentException e) {
            reports.refused(ref, Optional.of(found.sha256()), String.valueOf(e.getMessage()));
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, config.instanceId() + "-scripts");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2_000);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Producer<byte[], byte[]> producer() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, config.instanceId() + "-script-reports");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void pause() {
        try {
            var unused = closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        consuming.ifPresent(Consumer::wakeup);
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
