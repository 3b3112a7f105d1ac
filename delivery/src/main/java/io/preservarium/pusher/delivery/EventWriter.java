package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.command.wire.UplinkJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes events and uplinks with acks=all. All events of a process go through one idempotent producer, so events of one
 * device keep the order in which they were decided.
 */
final class EventWriter implements AutoCloseable {

    private final Producer<byte[], byte[]> producer;
    private final DeliveryConfig.Topics topics;

    EventWriter(Producer<byte[], byte[]> producer, DeliveryConfig.Topics topics) {
        this.producer = producer;
        this.topics = topics;
    }

    static EventWriter connect(DeliveryConfig config) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, config.instanceId() + "-events");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2_000);
        return new EventWriter(
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()), config.topics());
    }

    CompletableFuture<Void> write(StatusEvent event, String origin) {
        ProducerRecord<byte[], byte[]> record = statusRecord(topics.status(), event, origin);
        return send(record);
    }

    static ProducerRecord<byte[], byte[]> statusRecord(String topic, StatusEvent event, String origin) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, utf8(event.deviceId().value()), StatusJson.write(event));
        header(record, Headers.REQUEST_ID, event.requestId().value());
        header(record, Headers.STATE, event.state().word());
        header(record, Headers.FINAL, Boolean.toString(event.isFinal()));
        event.protocol().ifPresent(protocol -> header(record, Headers.PROTOCOL, protocol.word()));
        header(record, Headers.ORIGIN, origin);
        return record;
    }

    CompletableFuture<Void> write(Uplink uplink) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topics.uplinks(), utf8(uplink.deviceId().value()), UplinkJson.write(uplink));
        header(record, Headers.PROTOCOL, uplink.protocol().word());
        return send(record);
    }

    /** Copies a command that failed to the dead letters. */
    CompletableFuture<Void> bury(Command command, StatusEvent why) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topics.deadLetters(), utf8(command.deviceId().value()), CommandJson.write(command));
        header(record, Headers.REQUEST_ID, command.requestId().value());
        header(record, Headers.PROTOCOL, command.protocol().word());
        why.reason().ifPresent(reason -> header(record, Headers.REASON, reason.name()));
        why.message().ifPresent(message -> header(record, Headers.MESSAGE, message));
        return send(record);
    }

    private CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        try {
            producer.send(record, (metadata, failure) -> {
                if (failure == null) {
                    written.complete(null);
                } else {
                    written.completeExceptionally(failure);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            written.completeExceptionally(e);
        }
        return written;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, utf8(value));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
