package io.preservarium.pusher.api;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptStatus;
import io.preservarium.pusher.command.wire.ScriptJson;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The scripts on their topic and what each connector made of them, in memory; few enough for that. */
@Singleton
final class ParserScriptView {

    /** Keys with this ending keep the version before. */
    static final String PREVIOUS = "@previous";

    private static final Duration CATCH_UP = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final KafkaLink kafka;
    private final KafkaSettings settings;
    private final ApiConfig.Parsers topics;
    private final ReadPositions positions = new ReadPositions();
    private final Map<String, PublishedScript> scripts = new ConcurrentSkipListMap<>();
    private final Map<String, ScriptStatus> statuses = new ConcurrentSkipListMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("parser-script-view").daemon().unstarted(this::follow);
    private volatile Optional<Consumer<byte[], byte[]>> consuming = Optional.empty();
    private volatile String trouble = "the scripts have not been read yet";

    ParserScriptView(KafkaLink kafka, KafkaSettings settings, ApiConfig config) {
        this.kafka = kafka;
        this.settings = settings;
        this.topics = config.parsers();
    }

    void start() {
        thread.start();
    }

    /** Waits until everything that is on the topic at this moment has been read; says why it could not. */
    Optional<String> catchUp() throws InterruptedException {
        TopicPartition partition = partition();
        try {
            Map<TopicPartition, Long> ends = kafka.endOffsets(List.of(partition))
                    .toCompletableFuture()
                    .get(KafkaLink.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return positions.await(ends, CATCH_UP) ? Optional.empty() : Optional.of(trouble);
        } catch (ExecutionException | TimeoutException e) {
            return Optional.of("Kafka does not say how far there is to read: " + KafkaLink.why(e));
        }
    }

    TopicPartition partition() {
        return new TopicPartition(topics.scriptsTopic(), 0);
    }

    /** Every script on the topic or in files of a connector, by name. */
    List<ParserResponse> list() {
        SortedSet<ParserRef> refs = new TreeSet<>();
        statuses.values().forEach(status -> refs.add(status.ref()));
        scripts.values().forEach(script -> refs.add(script.ref()));
        return refs.stream()
                .flatMap(ref -> live(ref)
                        .map(script -> ParserResponse.listed(script, statuses(ref), previous(ref)))
                        .or(() -> inFiles(ref))
                        .stream())
                .toList();
    }

    Optional<ParserResponse> inFiles(ParserRef ref) {
        return ParserResponse.inFiles(ref, statuses(ref));
    }

    Optional<PublishedScript> live(ParserRef ref) {
        return Optional.ofNullable(scripts.get(ref.value()));
    }

    /** The version that was live before. */
    Optional<PublishedScript> previous(ParserRef ref) {
        return Optional.ofNullable(scripts.get(ref.value() + PREVIOUS));
    }

    List<ScriptStatus> statuses(ParserRef ref) {
        return statuses.values().stream()
                .filter(status -> status.ref().equals(ref))
                .toList();
    }

    private void follow() {
        while (closed.getCount() > 0) {
            try (Consumer<byte[], byte[]> consumer = consumer()) {
                consuming = Optional.of(consumer);
                read(consumer);
            } catch (WakeupException | InterruptException | InterruptedException e) {
                return;
            } catch (KafkaException e) {
                troubled("the scripts cannot be read: " + KafkaLink.why(e));
            } finally {
                consuming.ifPresent(consumer -> positions.assigned(consumer, Set.of()));
                consuming = Optional.empty();
            }
            try {
                var unused = closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void read(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        if (consumer.partitionsFor(topics.scriptsTopic(), ANSWER).isEmpty()) {
            troubled("Kafka lacks the topic " + topics.scriptsTopic());
            return;
        }
        List<TopicPartition> all = new ArrayList<>(List.of(partition()));
        consumer.partitionsFor(topics.statusTopic(), ANSWER)
                .forEach(info -> all.add(new TopicPartition(info.topic(), info.partition())));
        scripts.clear();
        statuses.clear();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        trouble = "the scripts are still being read";
        while (closed.getCount() > 0) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            records.forEach(this::take);
            positions.fetched(consumer, partition(), consumer.position(partition(), ANSWER), -1);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.topic().equals(topics.scriptsTopic())) {
            Optional.ofNullable(record.value())
                    .flatMap(ScriptJson::readPublished)
                    .ifPresentOrElse(script -> scripts.put(key, script), () -> scripts.remove(key));
        } else {
            Optional.ofNullable(record.value())
                    .flatMap(ScriptJson::readStatus)
                    .ifPresentOrElse(status -> statuses.put(key, status), () -> statuses.remove(key));
        }
    }

    /** The same trouble is said once. */
    private void troubled(String why) {
        if (!why.equals(trouble)) {
            trouble = why;
            ApiLog.viewTrouble(why);
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                settings.with(Map.of(
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "pusher-api-parser-scripts",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    void stop() throws InterruptedException {
        closed.countDown();
        consuming.ifPresent(Consumer::wakeup);
        if (thread.isAlive()) {
            thread.join(CLOSE_TIMEOUT.toMillis());
        }
    }
}
