package io.preservarium.pusher.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.preservarium.pusher.journal.records.Origin;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Evidence gets into Kafka in the end, and an owner whose partition is taken away lets go only when its writes are through. */
class EventWriterTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final HomePartitions HOME = new HomePartitions(4);

    private final Command command = Samples.command("dev", "r1");
    private final int partition = HOME.of(command.deviceId());
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final EventWriter writer = new EventWriter(producer, Samples.records(), HOME, timer);

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void whatIsOnItsWayIsWaitedFor() throws Exception {
        CompletableFuture<Void> first = writer.write(event(CommandState.SENDING), Origin.KAFKA);
        CompletableFuture<Void> second = writer.write(event(CommandState.SENT), Origin.KAFKA);
        CompletableFuture<Boolean> quiet = quiet();

        producer.completeNext();
        first.get(10, TimeUnit.SECONDS);
        assertStillWaits(quiet);
        producer.completeNext();
        second.get(10, TimeUnit.SECONDS);
        assertThat(quiet.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aWriteThatFailedIsWaitedForNoLonger() throws Exception {
        CompletableFuture<Void> written = writer.write(event(CommandState.SENDING), Origin.KAFKA);
        CompletableFuture<Boolean> quiet = quiet();
        producer.errorNext(new DisconnectException("away"));
        assertThat(quiet.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(written).isCompletedExceptionally();
    }

    /** Between the last look at the ownership and the record, and between its acknowledgement and what follows from it. */
    @Test
    void aHandOutThatHasBegunIsWaitedForBeforeItWritesAnything() throws Exception {
        Runnable leave = writer.enter(command.deviceId());
        CompletableFuture<Boolean> quiet = quiet();
        assertStillWaits(quiet);
        leave.run();
        assertThat(quiet.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void waitingEndsWithItsLimit() {
        writer.write(event(CommandState.SENDING), Origin.KAFKA);
        assertThat(writer.awaitQuiet(partition, SHORT)).isFalse();
    }

    @Test
    void writesOfOtherPartitionsAreNotWaitedFor() {
        writer.write(event(CommandState.SENDING), Origin.KAFKA);
        assertThat(writer.awaitQuiet((partition + 1) % 4, LONG)).isTrue();
    }

    /** Kafka is away for longer than the producer keeps trying, just after bytes left. */
    @Test
    void evidenceIsRepeatedUntilKafkaHasIt() {
        StatusEvent evidence = event(CommandState.SENT);
        writer.writeUntilTaken(evidence, Origin.REST);
        for (int time = 1; time <= 4; time++) {
            awaitSends(time);
            producer.errorNext(new org.apache.kafka.common.errors.TimeoutException("30000 ms have passed"));
        }
        awaitSends(5);
        producer.completeNext();
        assertThat(producer.history()).allSatisfy(sent -> {
            assertThat(StatusJson.read(sent.value()).ifValid()).contains(evidence);
            assertThat(sent.headers().lastHeader(Headers.ORIGIN).value())
                    .asString()
                    .isEqualTo("rest");
        });
        assertThat(writer.awaitQuiet(partition, LONG)).isTrue();
    }

    /** What the producer does not even take is no exception but another reason to wait. */
    @Test
    void evidenceIsRepeatedAlsoWhenTheProducerTakesNothing() {
        producer.sendException = new org.apache.kafka.common.errors.TimeoutException("no room within 2000 ms");
        writer.writeUntilTaken(event(CommandState.SENT), Origin.REST);
        assertThat(producer.history()).isEmpty();
        producer.sendException = null;
        awaitSends(1);
    }

    @Test
    void evidenceThatIsTooLargeForTheBrokerIsRepeatedWithoutItsFacts() {
        StatusEvent evidence = StatusEvent.about(command, CommandState.SENT, Samples.START, "a")
                .attempt(1)
                .delivery(Map.of("path", "/m"))
                .build();
        writer.writeUntilTaken(evidence, Origin.REST);
        producer.errorNext(new RecordTooLargeException("more than 10 bytes"));
        awaitSends(2);
        StatusEvent repeated =
                StatusJson.read(producer.history().getLast().value()).ifValid().orElseThrow();
        assertThat(repeated.state()).isEqualTo(CommandState.SENT);
        assertThat(repeated.delivery()).doesNotContainKey("path");
    }

    /** Another clock than the broker's: no record is taken that is an hour ahead of it. */
    @Test
    void whatIsAheadOfTheBrokersClockIsWrittenWithAnEarlierTimeAndSaysTheSame() throws Exception {
        CompletableFuture<Void> written = writer.write(event(CommandState.SENDING), Origin.REST);
        CompletableFuture<Boolean> quiet = quiet();
        producer.errorNext(new InvalidTimestampException("out of range"));
        awaitSends(2);
        assertStillWaits(quiet);
        producer.completeNext();
        written.get(10, TimeUnit.SECONDS);
        assertThat(quiet.get(10, TimeUnit.SECONDS)).isTrue();
        var first = producer.history().getFirst();
        var second = producer.history().getLast();
        assertThat(second.timestamp())
                .isEqualTo(Samples.START.minus(Duration.ofDays(1)).toEpochMilli());
        assertThat(second.value()).isEqualTo(first.value());
        assertThat(second.headers()).isEqualTo(first.headers());
        assertThat(second.key()).isEqualTo(first.key());
        assertThat(second.partition()).isEqualTo(first.partition());
    }

    private void awaitSends(int count) {
        await().atMost(LONG).until(() -> producer.history().size() == count);
    }

    private CompletableFuture<Boolean> quiet() {
        return CompletableFuture.supplyAsync(() -> writer.awaitQuiet(partition, LONG));
    }

    private static void assertStillWaits(CompletableFuture<Boolean> quiet) throws Exception {
        try {
            assertThat(quiet.get(SHORT.toMillis(), TimeUnit.MILLISECONDS))
                    .as("it must still wait")
                    .isNull();
        } catch (TimeoutException expected) {
            assertThat(quiet).isNotDone();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private StatusEvent event(CommandState state) {
        return StatusEvent.about(command, state, Samples.START, "a").attempt(1).build();
    }
}
