package io.preservarium.pusher.catalog;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.ScriptStatus;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.ScriptRecords;
import io.preservarium.pusher.journal.records.ScriptStatusRecords;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** Tells on the status topic what this connector has of each script, of every layer, whenever that changes. */
final class ScriptReports {

    /** The topic forgets what is older than its retention, so what holds is said again before. */
    private static final Duration AGAIN = Duration.ofDays(1);

    private static final Duration LOOK = Duration.ofHours(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long NOTHING = -1;

    /** Why the version on the topic is not live. */
    private record Refusal(Optional<Digest> sha256, String why) {}

    private final ScriptsConfig config;
    private final ParserCatalog catalog;
    private final Clock clock;
    private final ScriptStatusRecords records;
    private final Map<ParserRef, ScriptStatus> said = new ConcurrentHashMap<>();
    private final Map<ParserRef, Refusal> refusals = new ConcurrentHashMap<>();
    private volatile long toldChange = NOTHING;
    private volatile Instant lookAgain = Instant.MIN;
    private volatile boolean isFailing;

    ScriptReports(ScriptsConfig config, ParserCatalog catalog, Clock clock) {
        this.config = config;
        this.catalog = catalog;
        this.clock = clock;
        this.records = new ScriptStatusRecords(config.statusTopic(), ScriptRecords.LARGEST);
    }

    /** Reads what this instance said in an earlier life, so that it can be taken back. Without it everything is said anew. */
    void recall(KafkaSettings kafka) {
        try (Consumer<byte[], byte[]> consumer =
                kafka.openConsumer(config.instanceId() + "-script-reports", Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(config.statusTopic(), PATIENCE).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            Instant deadline = clock.instant().plus(PATIENCE);
            while (partitions.stream().anyMatch(partition -> isBehind(consumer, partition, ends))
                    && clock.instant().isBefore(deadline)) {
                consumer.poll(POLL).forEach(this::recall);
            }
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            CatalogLog.LOG.notRecalled(config.statusTopic(), KafkaSettings.why(e));
        }
    }

    private static boolean isBehind(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, Map<TopicPartition, Long> ends) {
        return consumer.position(partition, PATIENCE) < ends.getOrDefault(partition, 0L);
    }

    private void recall(ConsumerRecord<byte[], byte[]> record) {
        if (ScriptStatusRecords.read(KafkaRecord.of(record)) instanceof ScriptStatusRecords.Read.Valid valid
                && valid.status().instance().equals(config.instanceId())) {
            said.put(valid.status().ref(), valid.status());
        }
    }

    void refused(ParserRef ref, Optional<Digest> sha256, String why) {
        refusals.put(ref, new Refusal(sha256, why));
        toldChange = NOTHING;
    }

    /** The topic has another version, or none. */
    void accepted(ParserRef ref) {
        refusals.remove(ref);
    }

    /** Says what is not said yet. */
    void tell(Producer<byte[], byte[]> producer) {
        Instant now = clock.instant();
        long change = catalog.changes();
        if (change == toldChange && now.isBefore(lookAgain)) {
            return;
        }
        toldChange = change;
        lookAgain = now.plus(LOOK);
        Map<ParserRef, ScriptStatus> statuses = new TreeMap<>();
        said.keySet().forEach(ref -> statuses.put(ref, status(ref, new TreeMap<>(), now)));
        refusals.keySet().forEach(ref -> statuses.put(ref, status(ref, new TreeMap<>(), now)));
        catalog.entries().forEach(entry -> statuses.put(entry.ref(), status(entry.ref(), layers(entry), now)));
        for (ScriptStatus status : statuses.values()) {
            if (!isSaid(status, now)) {
                say(producer, status);
            }
            if (isFailing) {
                lookAgain = now.plus(AFTER_FAILURE);
                return;
            }
        }
    }

    private static SortedMap<ParserLayer, Digest> layers(ParserCatalog.Entry entry) {
        SortedMap<ParserLayer, Digest> layers = new TreeMap<>();
        for (Map.Entry<ParserLayer, ParserVersion> version : entry.versions().entrySet()) {
            layers.put(version.getKey(), version.getValue().sha256());
        }
        return layers;
    }

    private ScriptStatus status(ParserRef ref, SortedMap<ParserLayer, Digest> layers, Instant now) {
        Optional<Digest> live = layers.isEmpty()
                ? Optional.empty()
                : Optional.of(layers.lastEntry().getValue());
        Optional<Refusal> refusal = Optional.ofNullable(refusals.get(ref));
        ScriptStatus.State state = live.isPresent() ? ScriptStatus.State.LIVE : ScriptStatus.State.REMOVED;
        return new ScriptStatus(
                ref,
                config.instanceId(),
                refusal.isPresent() ? ScriptStatus.State.REFUSED : state,
                refusal.isPresent() ? refusal.get().sha256() : live,
                layers,
                refusal.map(Refusal::why),
                now);
    }

    /** What is removed may be forgotten. */
    private boolean isSaid(ScriptStatus status, Instant now) {
        return Optional.ofNullable(said.get(status.ref()))
                .filter(before -> before.saysWhat(status))
                .filter(before -> before.state() == ScriptStatus.State.REMOVED
                        || now.isBefore(before.at().plus(AGAIN)))
                .isPresent();
    }

    private void say(Producer<byte[], byte[]> producer, ScriptStatus status) {
        said.put(status.ref(), status);
        var unused = producer.send(records.write(status), (metadata, failure) -> {
            if (failure == null) {
                isFailing = false;
            } else {
                failed(status, failure);
            }
        });
    }

    /** An outage is said once; nobody's commands wait for it. */
    private void failed(ScriptStatus status, Exception failure) {
        said.remove(status.ref(), status);
        lookAgain = clock.instant().plus(AFTER_FAILURE);
        if (!isFailing) {
            isFailing = true;
            CatalogLog.LOG.notReported(status.ref(), failure.toString());
        }
    }
}
