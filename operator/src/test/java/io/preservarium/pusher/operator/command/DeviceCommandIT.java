package io.preservarium.pusher.operator.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.operator.FakeStatusApi;
import io.preservarium.pusher.operator.Resources;
import io.preservarium.pusher.operator.RunningOperator;
import io.preservarium.pusher.operator.TestCluster;
import io.preservarium.pusher.operator.TestKafka;
import io.preservarium.pusher.operator.TestTopics;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommandStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The operator between a real API server and a real Kafka; the connector's events are played by hand. */
@ExtendWith(TestCluster.Needed.class)
class DeviceCommandIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static TestKafka kafka;
    private static TestTopics topics;

    private KubernetesClient client;
    private FakeStatusApi statusApi;
    private String namespace;
    private RunningOperator operator;

    @BeforeAll
    static void startKafka() {
        kafka = new TestKafka();
        kafka.start();
        topics = new TestTopics(kafka.bootstrap());
    }

    @AfterAll
    static void stopKafka() {
        topics.close();
        kafka.stop();
    }

    @BeforeEach
    void startOperator() {
        client = TestCluster.client();
        statusApi = new FakeStatusApi(topics);
        namespace = TestCluster.namespace("operator");
        operator = RunningOperator.start(settings(), kafka.bootstrap());
    }

    @AfterEach
    void stopOperator() {
        operator.close();
        statusApi.close();
        all().forEach(resource -> client.resource(resource)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}"));
        client.namespaces().withName(namespace).delete();
    }

    private Map<String, String> settings() {
        return Map.of(
                "WATCH_NAMESPACES", namespace,
                "PUSHER_API_URL", statusApi.url(),
                "STATUS_SETTLE", "200ms",
                "RETRY_AFTER", "300ms",
                "KAFKA_PRODUCER_TIMEOUT", "4s");
    }

    @Test
    void aCommandGoesToKafkaOnceAndItsEndComesBack() {
        DeviceCommand created = create("one", "payload: {state: 'on', big: 9007199254740993}, metadata: {topic: t}");
        when(created, accepted());
        ConsumerRecord<byte[], byte[]> record = onlyRecord(created);
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("device-one");
        assertThat(TestTopics.header(record, Headers.ORIGIN)).isEqualTo("k8s");
        assertThat(TestTopics.header(record, Headers.PROTOCOL)).isEqualTo("mqtt");
        Command command = command(record);
        assertThat(command.requestId().value()).isEqualTo(created.uid());
        assertThat(command.payload()).containsEntry("big", 9007199254740993L);
        assertThat(get(created).orElseThrow().getFinalizers()).containsExactly(DeviceCommands.FINALIZER);

        play(command, CommandState.QUEUED, CommandState.SENDING, CommandState.SENT);
        DeviceCommand done = when(created, finished());
        DeviceCommandStatus status = done.written().orElseThrow();
        assertThat(status.state()).isEqualTo("sent");
        assertThat(status.requestId()).isEqualTo(created.uid());
        assertThat(status.attempts()).isEqualTo(1);
        assertThat(status.finishedAt()).isNotNull();
        assertThat(condition(done, "Succeeded")).isEqualTo("True");
        assertThat(condition(done, "Reconciling")).isEqualTo("False");
        when(created, resource -> resource.getFinalizers().isEmpty());
        await().atMost(PATIENCE).until(() -> topics.uncommitted() == 0);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(resourceEvents(created))
                .contains("Published", "Queued", "Sending", "Sent"));
        assertThat(onlyRecord(created)).isNotNull();
        assertThat(statusApi.asked).hasValue(0);
    }

    @Test
    void offsetsWaitForTheStatus() {
        DeviceCommand created = create("one", "payload: {}");
        when(created, accepted());
        Command command = command(onlyRecord(created));
        play(command, CommandState.QUEUED);
        DeviceCommand queued = when(created, resource -> resource.written()
                .filter(status -> "queued".equals(status.state()))
                .isPresent());
        assertThat(condition(queued, "Finished")).isEqualTo("False");
        assertThat(condition(queued, "Reconciling")).isEqualTo("True");
        await().atMost(PATIENCE).until(() -> topics.uncommitted() == 0);
    }

    @Test
    void cancelByEditAsksTheConnectorAndWaitsForIt() {
        DeviceCommand created = create("one", "payload: {}");
        when(created, accepted());
        Command command = command(onlyRecord(created));
        play(command, CommandState.QUEUED);
        client.resource(created).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"cancel\":true}}");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(topics.cancellations(created.uid()))
                .singleElement()
                .satisfies(asked -> assertThat(asked.by()).isEqualTo("k8s:" + namespace + "/one")));
        assertThat(condition(get(created).orElseThrow(), "Finished")).isEqualTo("False");

        topics.happened(StatusEvent.about(command, CommandState.CANCELLED, Instant.now(), "test")
                .because(Reason.CANCEL_REQUESTED, "asked for")
                .build());
        DeviceCommand done = when(created, finished());
        assertThat(done.written().orElseThrow().state()).isEqualTo("cancelled");
        assertThat(done.written().orElseThrow().observedGeneration()).isEqualTo(2);
        assertThat(topics.cancellations(created.uid())).hasSize(1);
    }

    @Test
    void deletingAWaitingCommandCancelsItFirst() {
        DeviceCommand created = create("one", "payload: {}");
        when(created, accepted());
        Command command = command(onlyRecord(created));
        play(command, CommandState.QUEUED);
        client.resource(created).delete();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(topics.cancellations(created.uid()))
                .hasSize(1));
        assertThat(get(created).orElseThrow().isMarkedForDeletion()).isTrue();

        topics.happened(StatusEvent.about(command, CommandState.CANCELLED, Instant.now(), "test")
                .because(Reason.CANCEL_REQUESTED, "asked for")
                .build());
        await().atMost(PATIENCE).until(() -> get(created).isEmpty());
    }

    @Test
    void deletingAFinishedCommandJustDeletesIt() {
        DeviceCommand created = create("one", "payload: {}");
        when(created, accepted());
        play(command(onlyRecord(created)), CommandState.SENDING, CommandState.SENT);
        when(created, resource -> resource.getFinalizers().isEmpty());
        client.resource(created).delete();
        await().atMost(PATIENCE).until(() -> get(created).isEmpty());
        assertThat(topics.cancellations(created.uid())).isEmpty();
    }

    @Test
    void aRestartBetweenPublishAndStatusWritePublishesNoSecondRecord() throws InterruptedException {
        operator.close();
        CountDownLatch isInKafka = new CountDownLatch(1);
        operator = RunningOperator.start(
                settings(), kafka.bootstrap(), (settings, config) -> new CommandPublisher(settings, config) {
                    @Override
                    public Publication publish(Command command, Instant now) throws InterruptedException {
                        super.publish(command, now);
                        isInKafka.countDown();
                        // The process never gets to the status.
                        new CountDownLatch(1).await();
                        return new Publication.Unconfirmed("never");
                    }
                });
        DeviceCommand created = create("one", "payload: {}");
        isInKafka.await();
        operator.close();
        assertThat(get(created).orElseThrow().written()).isEmpty();

        operator = RunningOperator.start(settings(), kafka.bootstrap());
        when(created, accepted());
        Command command = command(onlyRecord(created));
        assertThat(statusApi.asked).hasPositiveValue();
        play(command, CommandState.SENDING, CommandState.SENT);
        when(created, finished());
        assertThat(onlyRecord(created)).isNotNull();
    }

    @Test
    void aRecordWhoseAcknowledgementWasLostIsNotPublishedAgain() {
        DeviceCommand created = createWhileTheFirstPublishIsUnsure(true);
        when(created, accepted());
        assertThat(onlyRecord(created)).isNotNull();
        assertThat(statusApi.asked).hasPositiveValue();
    }

    @Test
    void aRecordThatNeverArrivedIsPublishedAfterALook() {
        DeviceCommand created = createWhileTheFirstPublishIsUnsure(false);
        when(created, accepted());
        assertThat(onlyRecord(created)).isNotNull();
        assertThat(statusApi.asked).hasPositiveValue();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(resourceEvents(created)).contains("KafkaUnavailable", "Published"));
    }

    private DeviceCommand createWhileTheFirstPublishIsUnsure(boolean arrives) {
        operator.close();
        AtomicBoolean isFirst = new AtomicBoolean(true);
        operator = RunningOperator.start(
                settings(), kafka.bootstrap(), (settings, config) -> new CommandPublisher(settings, config) {
                    @Override
                    public Publication publish(Command command, Instant now) throws InterruptedException {
                        if (!isFirst.getAndSet(false)) {
                            return super.publish(command, now);
                        }
                        if (arrives) {
                            super.publish(command, now);
                        }
                        return new Publication.Unconfirmed("no answer");
                    }
                });
        return create("one", "payload: {}");
    }

    @Test
    void whileTheStatusApiIsAwayNothingIsPublishedTwice() {
        DeviceCommand created = create("one", "payload: {}");
        when(created, accepted());
        Command command = command(onlyRecord(created));
        operator.close();
        statusApi.isAway.set(true);
        play(command, CommandState.QUEUED, CommandState.SENDING, CommandState.SENT);
        operator = RunningOperator.start(settings(), kafka.bootstrap());
        await().atMost(PATIENCE).until(() -> statusApi.asked.get() > 1);
        assertThat(condition(get(created).orElseThrow(), "Finished")).isEqualTo("False");
        statusApi.isAway.set(false);
        assertThat(when(created, finished()).written().orElseThrow().state()).isEqualTo("sent");
        assertThat(onlyRecord(created)).isNotNull();
    }

    @Test
    void editsAfterPublicationSendNothingAgain() {
        DeviceCommand created = create("one", "payload: {}");
        when(created, accepted());
        client.resource(created)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"ttlSecondsAfterFinished\":3600}}");
        play(command(onlyRecord(created)), CommandState.SENDING, CommandState.SENT);
        when(created, finished());
        client.resource(created)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"ttlSecondsAfterFinished\":7200}}");
        when(created, resource -> resource.written()
                .filter(status -> Long.valueOf(3).equals(status.observedGeneration()))
                .isPresent());
        assertThat(onlyRecord(created)).isNotNull();
    }

    @Test
    void aRecreatedCommandWithAKeyIsTheSameCommand() {
        DeviceCommand first = create("one", "payload: {}, idempotencyKey: once");
        String id = when(first, accepted()).written().orElseThrow().requestId();
        assertThat(id).isNotEqualTo(first.uid());
        play(command(topics.commands(id).getFirst()), CommandState.SENDING, CommandState.SENT);
        when(first, resource -> resource.getFinalizers().isEmpty());
        client.resource(first).delete();
        await().atMost(PATIENCE).until(() -> get(first).isEmpty());

        DeviceCommand again = create("one", "payload: {}, idempotencyKey: once");
        DeviceCommandStatus status = when(again, finished()).written().orElseThrow();
        assertThat(status.requestId()).isEqualTo(id);
        assertThat(status.state()).isEqualTo("sent");
        assertThat(topics.commands(id)).hasSize(1);
    }

    @Test
    void aKeyThatWasUsedForAnotherCommandIsRefusedAndNamesTheField() {
        DeviceCommand first = create("one", "payload: {a: 1.50}, idempotencyKey: once");
        String id = when(first, accepted()).written().orElseThrow().requestId();
        for (String[] other : new String[][] {{"two", "payload: {a: 1.5}"}, {"one-again", "payload: {a: 2}"}}) {
            DeviceCommand second = create(other[0], other[1] + ", idempotencyKey: once");
            DeviceCommand refused = when(
                    second, finished().and(resource -> resource.getFinalizers().isEmpty()));
            assertThat(refused.written().orElseThrow().state()).isEqualTo("failed");
            assertThat(refused.written().orElseThrow().message()).contains("spec.command.idempotencyKey", id);
            assertThat(condition(refused, "Accepted")).isEqualTo("False");
            await().atMost(PATIENCE).until(() -> resourceEvents(second).contains("Conflict"));
        }
        play(command(topics.commands(id).getFirst()), CommandState.SENDING, CommandState.SENT);
        assertThat(when(first, finished()).written().orElseThrow().state()).isEqualTo("sent");
        assertThat(topics.commands(id)).hasSize(1);
        client.resource(first).delete();
        assertThat(topics.cancellations(id)).isEmpty();
    }

    @Test
    void aKeyThatSeveralHaveAtOnceMakesOneRecord() {
        List<DeviceCommand> created = IntStream.range(0, 10)
                .mapToObj(i -> create("same-" + i, "payload: {}, idempotencyKey: once"))
                .toList();
        List<DeviceCommand> done = created.stream()
                .map(one -> when(one, accepted().or(finished())))
                .toList();
        String id = done.getFirst().written().orElseThrow().requestId();
        assertThat(topics.commands(id)).hasSize(1);
        String device = command(topics.commands(id).getFirst()).deviceId().value();
        // Each is for a device of its own, so one of them is the command of that key.
        for (DeviceCommand one : done) {
            boolean isIt = device.equals("device-" + one.getMetadata().getName());
            assertThat(condition(one, "Accepted"))
                    .as(one.getMetadata().getName())
                    .isEqualTo(isIt ? "True" : "False");
        }
    }

    @Test
    void whatExpiredBeforeItWasPublishedIsNotPublished() {
        DeviceCommand created = create("one", "payload: {}, expiresAt: '2020-01-01T00:00:00Z'");
        DeviceCommand done = when(created, finished());
        assertThat(done.written().orElseThrow().state()).isEqualTo("expired");
        assertThat(condition(done, "Accepted")).isEqualTo("False");
        assertThat(done.getFinalizers()).isEmpty();
        assertThat(topics.commands(created.uid())).isEmpty();
    }

    @Test
    void whatTheSchemaCannotRefuseIsRefusedInTheStatus() {
        DeviceCommand created = create("one", "payload: {}, expiresAfter: 31d");
        DeviceCommand done = when(created, finished());
        assertThat(done.written().orElseThrow().reason()).isEqualTo("INVALID_COMMAND");
        assertThat(done.written().orElseThrow().message())
                .contains("spec.command.expiresAfter must be at most 30 days");
        assertThat(topics.commands(created.uid())).isEmpty();
    }

    @Test
    void aFinishedResourceGoesWhenItsTimeToLiveIsOver() {
        DeviceCommand created = create("one", "payload: {}", ", ttlSecondsAfterFinished: 1");
        when(created, accepted());
        play(command(onlyRecord(created)), CommandState.SENDING, CommandState.SENT);
        await().atMost(PATIENCE).until(() -> get(created).isEmpty());
    }

    @Test
    void anotherInstallationsResourceIsLeftAlone() {
        DeviceCommand other = create("other", "payload: {}", ", pusherRef: {name: elsewhere}");
        DeviceCommand ours = create("ours", "payload: {}", ", pusherRef: {name: pusher}");
        when(ours, accepted());
        assertThat(get(other).orElseThrow().getFinalizers()).isEmpty();
        assertThat(topics.commands(other.uid())).isEmpty();
    }

    @Test
    void aLateAnswerCorrectsATimeOut() {
        DeviceCommand created = create("one", "payload: {}, expect: succeeded");
        when(created, accepted());
        Command command = command(onlyRecord(created));
        play(command, CommandState.SENDING, CommandState.SENT, CommandState.TIMED_OUT);
        DeviceCommand timedOut =
                when(created, resource -> resource.getFinalizers().isEmpty());
        assertThat(timedOut.written().orElseThrow().state()).isEqualTo("timed_out");
        play(command, CommandState.SUCCEEDED);
        when(created, resource -> "succeeded"
                .equals(resource.written().orElseThrow().state()));
    }

    @Test
    void threeHundredAtOnce() throws Exception {
        int many = 300;
        Map<String, Long> createdAt = new ConcurrentHashMap<>();
        Map<String, Long> acceptedAt = new ConcurrentHashMap<>();
        Map<String, List<String>> writes = new ConcurrentHashMap<>();
        try (Watch watch = client.resources(DeviceCommand.class)
                .inNamespace(namespace)
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, DeviceCommand resource) {
                        resource.written().ifPresent(status -> {
                            List<String> seen = writes.computeIfAbsent(
                                    resource.getMetadata().getName(), name -> new ArrayList<>());
                            String text = Resources.YAML.asJson(status);
                            if (seen.isEmpty() || !seen.getLast().equals(text)) {
                                seen.add(text);
                            }
                            acceptedAt.putIfAbsent(resource.getMetadata().getName(), System.nanoTime());
                        });
                    }

                    @Override
                    public void onClose(WatcherException cause) {}
                })) {
            Instant begin = Instant.now();
            Map<String, Instant> sent = new ConcurrentHashMap<>();
            IntStream.range(0, many).parallel().forEach(i -> {
                sent.put("device-n" + i, Instant.now());
                createdAt.put("n" + i, System.nanoTime());
                create("n" + i, "payload: {i: " + i + "}");
            });
            await().atMost(Duration.ofSeconds(60)).until(() -> acceptedAt.size() == many);
            Map<String, ConsumerRecord<byte[], byte[]>> records = new HashMap<>();
            topics.commands().stream()
                    .filter(record -> record.timestamp() >= begin.toEpochMilli())
                    .forEach(record -> assertThat(records.put(new String(record.key(), StandardCharsets.UTF_8), record))
                            .isNull());
            assertThat(records).hasSize(many);
            long[] toKafka = records.values().stream()
                    .mapToLong(record -> record.timestamp()
                            - sent.get(new String(record.key(), StandardCharsets.UTF_8))
                                    .toEpochMilli())
                    .sorted()
                    .toArray();
            long[] toStatus = acceptedAt.entrySet().stream()
                    .mapToLong(entry -> (entry.getValue() - createdAt.get(entry.getKey())) / 1_000_000)
                    .sorted()
                    .toArray();
            records.values()
                    .forEach(record ->
                            play(command(record), CommandState.QUEUED, CommandState.SENDING, CommandState.SENT));
            Instant played = Instant.now();
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> all().stream()
                            .allMatch(finished().and(one -> one.getFinalizers().isEmpty())));
            Duration toEnd = Duration.between(played, Instant.now());
            System.out.printf(
                    "300 DeviceCommands at once: create to Kafka p50 %d ms, p99 %d ms; create to Accepted p50 %d ms, p99 %d ms;"
                            + " all final %d ms after the last event; status writes %s%n",
                    toKafka[many / 2],
                    toKafka[many * 99 / 100],
                    toStatus[many / 2],
                    toStatus[many * 99 / 100],
                    toEnd.toMillis(),
                    Arrays.toString(writes.values().stream()
                            .mapToInt(List::size)
                            .distinct()
                            .sorted()
                            .toArray()));
        }
        assertThat(writes).hasSize(many);
        assertThat(writes.values()).allSatisfy(seen -> assertThat(seen).hasSizeLessThanOrEqualTo(3));
        assertThat(operator.meters
                        .get("pusher.operator.status.writes")
                        .counter()
                        .count())
                .isLessThanOrEqualTo(3.0 * many);
        await().atMost(PATIENCE).until(() -> topics.uncommitted() == 0);
        await().atMost(PATIENCE)
                .until(() -> operator.meters
                                .get("pusher.operator.commands.unfinished")
                                .gauge()
                                .value()
                        == 0);
        assertThat(statusApi.asked).hasValue(0);
    }

    private DeviceCommand create(String name, String command) {
        return create(name, command, "");
    }

    private DeviceCommand create(String name, String command, String more) {
        return client.resource(
                        Resources.YAML.unmarshal("""
                        apiVersion: pusher.preservarium.io/v1alpha1
                        kind: DeviceCommand
                        metadata: {name: %1$s, namespace: %2$s}
                        spec: {command: {deviceId: device-%1$s, commandType: set, protocol: mqtt, %3$s}%4$s}
                        """.formatted(name, namespace, command, more), DeviceCommand.class))
                .create();
    }

    private void play(Command command, CommandState... states) {
        for (CommandState state : states) {
            topics.happened(StatusEvent.about(command, state, Instant.now(), "test")
                    .attempt(state == CommandState.QUEUED ? 0 : 1)
                    .build());
        }
    }

    private DeviceCommand when(DeviceCommand created, Predicate<DeviceCommand> condition) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> get(created), found -> found.filter(condition).isPresent())
                .orElseThrow();
    }

    private Optional<DeviceCommand> get(DeviceCommand created) {
        return Optional.ofNullable(resource(created).get())
                .filter(found -> found.uid().equals(created.uid()));
    }

    private Resource<DeviceCommand> resource(DeviceCommand created) {
        return client.resources(DeviceCommand.class)
                .inNamespace(namespace)
                .withName(created.getMetadata().getName());
    }

    private List<DeviceCommand> all() {
        return client.resources(DeviceCommand.class)
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    private ConsumerRecord<byte[], byte[]> onlyRecord(DeviceCommand created) {
        List<ConsumerRecord<byte[], byte[]>> records = topics.commands(created.uid());
        assertThat(records).hasSize(1);
        return records.getFirst();
    }

    private static Command command(ConsumerRecord<byte[], byte[]> record) {
        CommandJson.Read read = CommandJson.readRecord(
                record.value(), new RequestId("absent"), Instant.ofEpochMilli(record.timestamp()), ExpiryRule.STANDARD);
        assertThat(read).isInstanceOf(CommandJson.Read.Valid.class);
        return ((CommandJson.Read.Valid) read).command();
    }

    private List<String> resourceEvents(DeviceCommand created) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> created.uid().equals(event.getInvolvedObject().getUid()))
                .map(Event::getReason)
                .toList();
    }

    private static Predicate<DeviceCommand> accepted() {
        return resource ->
                resource.written().filter(status -> status.acceptedAt() != null).isPresent();
    }

    private static Predicate<DeviceCommand> finished() {
        return resource -> resource.written()
                .filter(status -> Boolean.TRUE.equals(status.isFinal()))
                .isPresent();
    }

    private static String condition(DeviceCommand resource, String type) {
        return resource.written().orElseThrow().conditionList().stream()
                .filter(condition -> condition.getType().equals(type))
                .map(Condition::getStatus)
                .findFirst()
                .orElse("");
    }
}
