package io.preservarium.pusher.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kroxylicious.testing.kafka.api.KafkaCluster;
import io.kroxylicious.testing.kafka.junit5ext.KafkaClusterExtension;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptStatus;
import io.preservarium.pusher.command.wire.ScriptJson;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Scripts that come over a real Kafka. */
@ExtendWith(KafkaClusterExtension.class)
class ScriptTopicTest {

    private static final ParserRef REF = new ParserRef("valve.py");
    private static final Instant NOW = Instant.parse("2026-11-21T01:52:03Z");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SWAP = Duration.ofSeconds(1);

    static KafkaCluster cluster;

    private record Config(
            Optional<Path> directory, Duration directoryPoll, String instanceId, String topic, String statusTopic)
            implements ScriptsConfig {}

    private Config config;
    private KafkaProducer<byte[], byte[]> producer;
    private final ParserCatalog catalog = ParserCatalog.ofFilesAndTopic();
    private final List<ScriptTopic> following = new ArrayList<>();

    @BeforeEach
    void start() {
        String prefix = UUID.randomUUID().toString().substring(0, 8);
        config = new Config(
                Optional.empty(),
                Duration.ofSeconds(1),
                "coap-connector-0",
                prefix + "-scripts",
                prefix + "-script-status");
        producer = new KafkaProducer<>(
                cluster.getKafkaClientConfiguration(), new ByteArraySerializer(), new ByteArraySerializer());
        catalog.listed(ParserLayer.SHIPPED);
        catalog.listed(ParserLayer.DIRECTORY);
    }

    @AfterEach
    void stop() {
        following.forEach(ScriptTopic::close);
        producer.close();
    }

    @Test
    void whatTheTopicHoldsIsLiveBeforeTheCatalogueCountsAsListed() throws Exception {
        createTopics();
        publish("v = 0");
        publish("v = 1");
        send(REF + "@previous", Optional.of(ScriptJson.write(published("v = 0"))));
        send("gone.py", Optional.of(ScriptJson.write(published("v = 0"))));
        send("gone.py", Optional.empty());
        send("../no name", Optional.of(new byte[0]));

        follow();
        await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(catalog::isListed);
        assertThat(catalog.version(REF)).contains(version("v = 1"));
        assertThat(catalog.entries()).extracting(ParserCatalog.Entry::ref).containsExactly(REF);
    }

    @Test
    void aMissingTopicKeepsTheCatalogueUnlistedUntilItIsThere() throws Exception {
        follow();
        await().during(Duration.ofMillis(1500)).atMost(SOON).until(() -> !catalog.isListed());
        createTopics();
        await().atMost(SOON).until(catalog::isListed);
    }

    @Test
    void aNewVersionIsLiveWithinASecondAndATombstoneRemovesIt() throws Exception {
        createTopics();
        follow();
        await().atMost(SOON).until(catalog::isListed);
        for (String source : List.of("v = 1", "v = 2", "v = 3")) {
            publish(source);
            await().atMost(SWAP).pollInterval(Duration.ofMillis(5)).until(() -> catalog.version(REF)
                    .equals(Optional.of(version(source))));
        }
        send(REF.value(), Optional.empty());
        await().atMost(SWAP).until(() -> catalog.live(REF).isEmpty());
    }

    @Test
    void aRecordThatIsNotWhatItSaysIsRefusedAndTheGoodOneStays() throws Exception {
        createTopics();
        follow();
        publish("v = 1");
        PublishedScript lie = published("v = 1");
        send(
                REF.value(),
                Optional.of(ScriptJson.write(new PublishedScript(
                        REF,
                        "v = 2",
                        lie.companions(),
                        lie.examples(),
                        lie.sha256(),
                        lie.owner(),
                        lie.publishedAt()))));
        awaitStatus(ScriptStatus.State.REFUSED, "another digest");
        assertThat(catalog.version(REF)).contains(version("v = 1"));

        send(REF.value(), Optional.of("{}".getBytes(StandardCharsets.UTF_8)));
        awaitStatus(ScriptStatus.State.REFUSED, "no script of this name");
        assertThat(catalog.version(REF)).contains(version("v = 1"));
    }

    @Test
    void whatBecameOfAScriptIsReported() throws Exception {
        createTopics();
        follow();
        publish("v = 1");
        awaitStatus(ScriptStatus.State.LIVE, "");
        assertThat(statuses())
                .contains(new ScriptStatus(
                        REF,
                        "coap-connector-0",
                        ScriptStatus.State.LIVE,
                        Optional.of(version("v = 1").sha256()),
                        new TreeMap<>(Map.of(ParserLayer.TOPIC, version("v = 1").sha256())),
                        Optional.empty(),
                        NOW));
        send(REF.value(), Optional.empty());
        awaitStatus(ScriptStatus.State.REMOVED, "");
    }

    @Test
    void aScriptInFilesIsReportedAndSoIsWhatShadowsIt() throws Exception {
        createTopics();
        catalog.put(
                ParserLayer.SHIPPED, new ParserScript(TrustDomain.DIRECTORY, REF, "v = 0", Map.of(), Optional.empty()));
        follow();
        awaitLayers(Map.of(ParserLayer.SHIPPED, version("v = 0").sha256()));
        publish("v = 1");
        awaitLayers(Map.of(
                ParserLayer.SHIPPED, version("v = 0").sha256(),
                ParserLayer.TOPIC, version("v = 1").sha256()));
        send(REF.value(), Optional.empty());
        awaitLayers(Map.of(ParserLayer.SHIPPED, version("v = 0").sha256()));
        assertThat(statuses()).extracting(ScriptStatus::state).containsOnly(ScriptStatus.State.LIVE);
    }

    @Test
    void whatAnEarlierLifeSaidIsTakenBackWhenItIsNoLongerTrue() throws Exception {
        createTopics();
        report(ScriptStatus.State.LIVE, "coap-connector-0");
        report(ScriptStatus.State.LIVE, "mqtt-connector-0");
        follow();
        awaitStatus(ScriptStatus.State.REMOVED, "");
        assertThat(statuses())
                .filteredOn(status -> status.instance().equals("mqtt-connector-0"))
                .extracting(ScriptStatus::state)
                .containsExactly(ScriptStatus.State.LIVE);
    }

    @Test
    void whatWasSaidInAnEarlierLifeAndHoldsIsNotSaidAgain() throws Exception {
        createTopics();
        publish("v = 1");
        follow();
        awaitStatus(ScriptStatus.State.LIVE, "");
        following.forEach(ScriptTopic::close);
        follow();
        publish("v = 2");
        await().atMost(SOON).until(() -> statuses().stream().anyMatch(status -> status.sha256()
                .equals(Optional.of(version("v = 2").sha256()))));
        assertThat(statuses()).hasSize(2);
    }

    @Test
    void whatWasSaidMoreThanADayAgoIsSaidAgainBeforeTheTopicForgetsIt() throws Exception {
        createTopics();
        publish("v = 1");
        ScriptStatus old = new ScriptStatus(
                REF,
                "coap-connector-0",
                ScriptStatus.State.LIVE,
                Optional.of(version("v = 1").sha256()),
                new TreeMap<>(Map.of(ParserLayer.TOPIC, version("v = 1").sha256())),
                Optional.empty(),
                NOW.minus(Duration.ofHours(25)));
        report(old);
        follow();
        await().atMost(SOON).until(() -> statuses().size() == 2);
        assertThat(statuses().getLast().saysWhat(old)).isTrue();
        assertThat(statuses().getLast().at()).isEqualTo(NOW);
    }

    @Test
    void aStatusTopicThatTakesNothingHoldsNobodyUp() throws Exception {
        createTopic(config.topic(), Map.of());
        createTopic(config.statusTopic(), Map.of("max.message.bytes", "1"));
        publish("v = 1");
        follow();
        await().atMost(SOON).until(catalog::isListed);
        publish("v = 2");
        await().atMost(SWAP).until(() -> catalog.version(REF).equals(Optional.of(version("v = 2"))));
        assertThat(statuses()).isEmpty();
        try (Admin admin = Admin.create(cluster.getKafkaClientConfiguration())) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, config.statusTopic()),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("max.message.bytes", "100000"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        publish("v = 3");
        awaitLayers(Map.of(ParserLayer.TOPIC, version("v = 3").sha256()));
    }

    private void awaitLayers(Map<ParserLayer, Digest> layers) {
        await().atMost(Duration.ofSeconds(40))
                .until(() -> statuses().stream().reduce((first, second) -> second), last -> last.map(
                                ScriptStatus::layers)
                        .filter(layers::equals)
                        .isPresent());
    }

    private void report(ScriptStatus.State state, String instance) throws Exception {
        report(new ScriptStatus(REF, instance, state, Optional.empty(), new TreeMap<>(), Optional.empty(), NOW));
    }

    private void report(ScriptStatus status) throws Exception {
        producer.send(new ProducerRecord<>(
                        config.statusTopic(),
                        (status.ref() + "|" + status.instance()).getBytes(StandardCharsets.UTF_8),
                        ScriptJson.write(status)))
                .get(30, TimeUnit.SECONDS);
    }

    private void follow() {
        following.add(ScriptTopic.follow(
                KafkaSettings.of(cluster.getKafkaClientConfiguration()),
                config,
                catalog,
                Clock.fixed(NOW, ZoneOffset.UTC)));
    }

    private void awaitStatus(ScriptStatus.State state, String message) {
        await().atMost(SOON).untilAsserted(() -> assertThat(statuses()).anySatisfy(status -> {
            assertThat(status.state()).isEqualTo(state);
            assertThat(status.message().orElse("")).contains(message);
        }));
    }

    private List<ScriptStatus> statuses() {
        TopicPartition partition = new TopicPartition(config.statusTopic(), 0);
        List<ScriptStatus> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                cluster.getKafkaClientConfiguration(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    ScriptStatus status = ScriptJson.readStatus(record.value()).orElseThrow();
                    assertThat(new String(record.key(), StandardCharsets.UTF_8))
                            .isEqualTo(REF + "|" + status.instance());
                    found.add(status);
                });
            }
        }
        return found;
    }

    private void createTopics() throws Exception {
        createTopic(config.topic(), Map.of());
        createTopic(config.statusTopic(), Map.of());
    }

    private static void createTopic(String name, Map<String, String> settings) throws Exception {
        try (Admin admin = Admin.create(cluster.getKafkaClientConfiguration())) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(settings)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private void publish(String source) throws Exception {
        send(REF.value(), Optional.of(ScriptJson.write(published(source))));
    }

    private void send(String key, Optional<byte[]> value) throws Exception {
        producer.send(new ProducerRecord<>(config.topic(), key.getBytes(StandardCharsets.UTF_8), value.orElse(null)))
                .get(30, TimeUnit.SECONDS);
    }

    private static PublishedScript published(String source) {
        Digest sha256 = version(source).sha256();
        return new PublishedScript(REF, source, new TreeMap<>(), Optional.empty(), sha256, "rest", NOW);
    }

    private static ParserVersion version(String source) {
        return new ParserScript(TrustDomain.DIRECTORY, REF, source, Map.of(), Optional.empty()).version();
    }
}
