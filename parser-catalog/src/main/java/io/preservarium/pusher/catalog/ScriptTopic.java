package io.preservarium.pusher.catalog;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.TopicFollower;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.RecordPlace;
import io.preservarium.pusher.journal.records.ScriptRecords;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Follows the script topic: the whole of it at the start, before the catalogue counts as listed, then each change as it
 * comes. A version swaps between two calls; calls under way finish with the version they began with.
 */
public final class ScriptTopic implements AutoCloseable {

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    /** What is not reported is reported later: nobody waits for Kafka here. */
    private static final Map<String, Object> REPORTING = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);

    private final Producer<byte[], byte[]> producer;
    private final TopicFollower follower;

    private ScriptTopic(Producer<byte[], byte[]> producer, TopicFollower follower) {
        this.producer = producer;
        this.follower = follower;
    }

    /** Returns at once; Kafka and the topic are waited for. The catalogue is one of {@link ParserCatalog#ofFilesAndTopic}. */
    public static ScriptTopic follow(KafkaSettings kafka, ScriptsConfig config, ParserCatalog catalog, Clock clock) {
        Producer<byte[], byte[]> producer = kafka.openProducer(config.instanceId() + "-script-reports", REPORTING);
        Reading reading = new Reading(kafka, config, catalog, clock, producer);
        TopicFollower.Plan plan = new TopicFollower.Plan(
                config.instanceId() + "-scripts", List.of(config.topic()), new TopicFollower.Start.Beginning(), RETRY);
        return new ScriptTopic(producer, TopicFollower.start(kafka, plan, reading, reading));
    }

    /** What is done with the records; on the follower's thread alone. */
    private static final class Reading implements TopicFollower.Handler, TopicFollower.Listener {

        private final KafkaSettings kafka;
        private final ScriptsConfig config;
        private final ParserCatalog catalog;
        private final Clock clock;
        private final Producer<byte[], byte[]> producer;
        private final ScriptRecords records;
        private final Set<ParserRef> present = new HashSet<>();
        private ScriptReports reports;

        Reading(
                KafkaSettings kafka,
                ScriptsConfig config,
                ParserCatalog catalog,
                Clock clock,
                Producer<byte[], byte[]> producer) {
            this.kafka = kafka;
            this.config = config;
            this.catalog = catalog;
            this.clock = clock;
            this.producer = producer;
            this.records = new ScriptRecords(config.topic(), ScriptRecords.LARGEST);
            this.reports = new ScriptReports(config, catalog, clock);
        }

        @Override
        public void starts() {
            present.clear();
            reports = new ScriptReports(config, catalog, clock);
        }

        @Override
        public TopicFollower.Outcome handle(KafkaRecord record) {
            return switch (records.read(record)) {
                case ScriptRecords.Read.Live live -> {
                    present.add(live.script().ref());
                    put(live.script());
                    yield new TopicFollower.Outcome.Taken();
                }
                case ScriptRecords.Read.Removed removed -> {
                    present.remove(removed.ref());
                    reports.accepted(removed.ref());
                    catalog.remove(ParserLayer.TOPIC, removed.ref());
                    CatalogLog.LOG.removed(removed.ref());
                    yield new TopicFollower.Outcome.Taken();
                }
                case ScriptRecords.Read.Previous previous -> new TopicFollower.Outcome.Taken();
                case ScriptRecords.Read.Invalid invalid -> {
                    invalid.ref().ifPresent(ref -> {
                        present.add(ref);
                        reports.refused(ref, Optional.empty(), invalid.message());
                    });
                    yield new TopicFollower.Outcome.Skipped(invalid.message());
                }
            };
        }

        /** What is refused changes nothing: the version before stays live. */
        private void put(PublishedScript found) {
            ParserRef ref = found.ref();
            try {
                ParserScript script = new ParserScript(
                        TrustDomain.ofOwner(found.owner()), ref, found.source(), found.companions(), found.examples());
                if (!script.version().sha256().equals(found.sha256())) {
                    refused(found, "the text has another digest than the record says");
                    return;
                }
                reports.accepted(ref);
                catalog.put(ParserLayer.TOPIC, script);
                CatalogLog.LOG.published(ref, found.owner(), found.sha256());
            } catch (IllegalArgumentException e) {
                refused(found, String.valueOf(e.getMessage()));
            }
        }

        private void refused(PublishedScript found, String why) {
            CatalogLog.LOG.recordRefused(found.ref().value(), why);
            reports.refused(found.ref(), Optional.of(found.sha256()), why);
        }

        /** What an earlier reading left, and the topic no longer has, goes. */
        @Override
        public void caughtUp() {
            List<ParserRef> inTopic = catalog.entries().stream()
                    .filter(entry -> entry.versions().containsKey(ParserLayer.TOPIC))
                    .map(ParserCatalog.Entry::ref)
                    .toList();
            inTopic.stream()
                    .filter(ref -> !present.contains(ref))
                    .forEach(ref -> catalog.remove(ParserLayer.TOPIC, ref));
            catalog.listed(ParserLayer.TOPIC);
            CatalogLog.LOG.listed(ParserLayer.TOPIC, present.size());
            // After the listing: a status topic that is away holds up nobody's commands.
            reports.recall(kafka);
        }

        @Override
        public void looked() {
            reports.tell(producer);
        }

        @Override
        public void away(String why) {
            CatalogLog.LOG.topicAway(config.topic(), why);
        }

        @Override
        public void back() {
            CatalogLog.LOG.topicBack(config.topic());
        }

        @Override
        public void skipped(RecordPlace place, String why) {
            CatalogLog.LOG.recordRefused(place.toString(), why);
        }

        @Override
        public void failed(String step, Throwable failure) {
            CatalogLog.LOG.topicStep(failure, config.topic(), step);
        }
    }

    @Override
    public void close() {
        follower.close();
        producer.close(CLOSE_TIMEOUT);
    }
}
