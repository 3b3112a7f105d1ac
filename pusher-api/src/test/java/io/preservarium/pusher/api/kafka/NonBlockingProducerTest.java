package io.preservarium.pusher.api.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class NonBlockingProducerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    @Test
    @Timeout(60)
    void withoutABrokerTheCallerGoesOnAndIsToldLater() {
        try (NonBlockingProducer producer =
                new NonBlockingProducer("waiting", NonBlockingProducerTest::toNowhere, PATIENCE)) {
            producer.start();
            // One record that blocked its caller would take the patience; a thousand would take a quarter of an hour.
            List<CompletableFuture<Published>> all = IntStream.range(0, 1000)
                    .mapToObj(i -> producer.send(record()))
                    .toList();
            assertThat(all).last().satisfies(last -> assertThat(last.isDone()).isFalse());
            assertThat(all).allSatisfy(published -> assertThat(published.get(30, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(Published.Failed.class, failed -> {
                        assertThat(failed.outcome()).isEqualTo(Published.Outcome.NOT_SENT);
                        assertThat(failed.why()).startsWith("no room in Kafka within 1000 ms: ");
                    }));
        }
    }

    @Test
    void whatWaitedForTheProducerGoesOutInOrderWhenThereIsOne() throws Exception {
        MockProducer<byte[], byte[]> broker =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        AtomicBoolean resolves = new AtomicBoolean();
        try (NonBlockingProducer producer = new NonBlockingProducer(
                "waiting",
                () -> {
                    if (!resolves.get()) {
                        throw new KafkaException("no such host");
                    }
                    return broker;
                },
                Duration.ofMinutes(1))) {
            List<CompletableFuture<Published>> all = IntStream.range(0, 100)
                    .mapToObj(i -> producer.send(new ProducerRecord<>("t", new byte[] {(byte) i})))
                    .toList();
            resolves.set(true);
            for (CompletableFuture<Published> published : all) {
                assertThat(published.get(30, TimeUnit.SECONDS)).isInstanceOf(Published.Taken.class);
            }
            assertThat(broker.history())
                    .extracting(sent -> (int) sent.value()[0])
                    .isSorted();
        }
    }

    @Test
    void whatStillWaitsAtTheEndIsNotSent() throws Exception {
        NonBlockingProducer producer = new NonBlockingProducer(
                "waiting",
                () -> {
                    throw new KafkaException("no such host");
                },
                Duration.ofMinutes(1));
        CompletableFuture<Published> before = producer.send(record());
        producer.close();
        CompletableFuture<Published> after = producer.send(record());
        for (CompletableFuture<Published> published : List.of(before, after)) {
            assertThat(published.get(1, TimeUnit.SECONDS))
                    .isEqualTo(new Published.Failed(Published.Outcome.NOT_SENT, "this service is stopping"));
        }
    }

    @Test
    void aRecordThatIsTooLargeIsRefusedAtOnce() throws Exception {
        try (NonBlockingProducer producer =
                new NonBlockingProducer("waiting", NonBlockingProducerTest::small, PATIENCE)) {
            producer.start();
            Published published =
                    producer.send(new ProducerRecord<>("t", new byte[2048])).get(30, TimeUnit.SECONDS);
            assertThat(Optional.of(published))
                    .containsInstanceOf(Published.Failed.class)
                    .hasValueSatisfying(failed ->
                            assertThat(((Published.Failed) failed).outcome()).isEqualTo(Published.Outcome.NOT_SENT));
        }
    }

    private static ProducerRecord<byte[], byte[]> record() {
        return new ProducerRecord<>("t", new byte[10]);
    }

    private static Producer<byte[], byte[]> toNowhere() {
        // Port 1 answers nobody.
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", "127.0.0.1:1", "max.block.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static Producer<byte[], byte[]> small() {
        MockProducer<byte[], byte[]> broker =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        broker.sendException = new org.apache.kafka.common.errors.RecordTooLargeException("2048 bytes");
        return broker;
    }
}
