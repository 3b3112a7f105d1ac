package io.preservarium.pusher.operator;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.wire.CancellationJson;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.Headers;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts commands and cancellations into Kafka, keyed by device, and comes back when every in-sync replica has them. */
@Singleton
class CommandPublisher {

    static final String ORIGIN = "k8s";

    /** What became of a record. */
    sealed interface Published {
        record Taken() implements Published {}

        /** Kafka did not say that it has it; it may have. */
        record Unsure(String why) implements Published {}
    }

    private final KafkaSettings settings;
    private final OperatorConfig.Topics topics;
    private final Duration timeout;
    private Optional<Producer<byte[], byte[]>> producer = Optional.empty();
    private boolean closed;

    CommandPublisher(KafkaSettings settings, OperatorConfig config) {
        this.settings = settings;
        this.topics = config.topics();
        this.timeout = config.producerTimeout();
    }

    Published publish(Command command, Instant now) throws InterruptedException {
        ProducerRecord<byte[], byte[]> record = record(
                topics.commands(),
                command.deviceId().value(),
                CommandJson.write(command),
                command.requestId().value(),
                now);
        header(record, Headers.PROTOCOL, command.protocol().word());
        return send(record);
    }

    Published publish(Cancellation cancellation) throws InterruptedException {
        return send(record(
                topics.cancellations(),
                cancellation.deviceId().value(),
                CancellationJson.write(cancellation),
                cancellation.requestId().value(),
                cancellation.at()));
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, String key, byte[] value, String requestId, Instant at) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, at.toEpochMilli(), key.getBytes(StandardCharsets.UTF_8), value);
        header(record, Headers.REQUEST_ID, requestId);
        header(record, Headers.ORIGIN, ORIGIN);
        return record;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private Published send(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
        try {
            var ignored = producer().send(record).get(timeout.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
            return new Published.Taken();
        } catch (KafkaException | IllegalStateException | ExecutionException e) {
            return new Published.Unsure(KafkaSettings.why(e));
        } catch (TimeoutException e) {
            return new Published.Unsure("no answer within " + timeout.toMillis() + " ms");
        }
    }

    /** Made late and again until it works: a broker whose name does not resolve yet must not stop the start. */
    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new IllegalStateException("this service is stopping");
        }
        if (producer.isEmpty()) {
            int all = (int) timeout.toMillis();
            producer = Optional.of(new KafkaProducer<>(
                    settings.with(Map.of(
                            ProducerConfig.CLIENT_ID_CONFIG,
                            "pusher-operator-commands",
                            ProducerConfig.ACKS_CONFIG,
                            "all",
                            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                            true,
                            ProducerConfig.LINGER_MS_CONFIG,
                            1,
                            ProducerConfig.COMPRESSION_TYPE_CONFIG,
                            "lz4",
                            ProducerConfig.MAX_BLOCK_MS_CONFIG,
                            all / 2,
                            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                            all / 2,
                            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                            all)),
                    new ByteArraySerializer(),
                    new ByteArraySerializer()));
        }
        return producer.get();
    }

    @PreDestroy
    synchronized void close() {
        closed = true;
        producer.ifPresent(open -> open.close(timeout));
    }
}
