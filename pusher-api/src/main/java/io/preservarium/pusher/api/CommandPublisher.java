package io.preservarium.pusher.api;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts commands and cancellations, keyed by device, and parser scripts into Kafka, and says which of them are there. */
@Singleton
final class CommandPublisher {

    static final String ORIGIN = "rest";

    /** A script of 256 KiB with its companions and examples, as JSON; commands are far smaller. */
    private static final int LARGEST_RECORD = 4 << 20;

    private final KafkaSettings settings;
    private final ApiConfig.Topics topics;
    private final Duration timeout;
    private Optional<Producer<byte[], byte[]>> producer = Optional.empty();
    private boolean closed;

    CommandPublisher(KafkaSettings settings, ApiConfig config) {
        this.settings = settings;
        this.topics = config.topics();
        this.timeout = config.producerTimeout();
    }

    /** May block while the broker is looked for, so never call it on an event loop; the answer comes with the broker's. */
    CompletableFuture<Published> publish(Command command, Map<String, String> headers, Instant acceptedAt) {
        ProducerRecord<byte[], byte[]> record = record(
                topics.commands(),
                DevicePartition.key(command.deviceId()),
                CommandJson.write(command),
                command.requestId().value(),
                acceptedAt);
        header(record, Headers.PROTOCOL, command.protocol().word());
        headers.forEach((name, value) -> header(record, name, value));
        return send(record);
    }

    /** Like {@link #publish}, for the request that a command not be done. */
    CompletableFuture<Published> publish(Cancellation cancellation) {
        return send(record(
                topics.cancellations(),
                DevicePartition.key(cancellation.deviceId()),
                CancellationJson.write(cancellation),
                cancellation.requestId().value(),
                cancellation.at()));
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, byte[] key, byte[] value, String requestId, Instant at) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, null, at.toEpochMilli(), key, value);
        header(record, Headers.REQUEST_ID, requestId);
        header(record, Headers.ORIGIN, ORIGIN);
        return record;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Like {@link #publish}. */
    CompletableFuture<Published> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<Published> published = new CompletableFuture<>();
        AtomicBoolean handedOver = new AtomicBoolean();
        try {
            var ignored = producer().send(record, (metadata, failure) -> {
                if (failure == null) {
                    published.complete(new Published.Taken());
                } else {
                    published.complete(
                            new Published.Failed(outcome(failure, handedOver.get()), KafkaLink.why(failure)));
                }
            });
            handedOver.set(true);
        } catch (KafkaException | IllegalStateException e) {
            published.complete(new Published.Failed(Published.Outcome.NOT_SENT, KafkaLink.why(e)));
        }
        return published;
    }

    /**
     * A failure reported before {@code send} returned was about metadata or memory, and nothing left. Afterwards only
     * the broker's plain refusals are sure; an expired batch may have been written without its answer arriving.
     */
    private static Published.Outcome outcome(Exception failure, boolean handedOver) {
        boolean refused = failure instanceof RecordTooLargeException
                || failure instanceof InvalidTopicException
                || failure instanceof AuthorizationException;
        return handedOver && !refused ? Published.Outcome.UNKNOWN : Published.Outcome.NOT_SENT;
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
                            "pusher-api-commands",
                            ProducerConfig.ACKS_CONFIG,
                            "all",
                            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                            true,
                            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                            LARGEST_RECORD,
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

    /** Waits for the broker's answer no longer than the producer itself does, plus a little. */
    Published await(CompletableFuture<Published> published) throws InterruptedException {
        try {
            return published.get(timeout.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            return new Published.Failed(
                    Published.Outcome.UNKNOWN, "Kafka did not answer within " + timeout.toMillis() + " ms");
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("publishing never fails exceptionally", e);
        }
    }

    @PreDestroy
    synchronized void close() {
        closed = true;
        producer.ifPresent(open -> open.close(timeout));
    }
}
