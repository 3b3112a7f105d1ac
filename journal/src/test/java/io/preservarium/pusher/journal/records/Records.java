package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.ExpiryRule;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records for the tests: as they are read, at a place. */
final class Records {

    static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    static final HomePartitions HOME = new HomePartitions(8);
    static final DeviceId DEVICE = new DeviceId("dev-ü");

    private Records() {}

    static KafkaRecord at(String topic, int partition, byte[] value, Headers headers) {
        return record(topic, partition, new byte[0], value, NOW.toEpochMilli(), headers);
    }

    static KafkaRecord record(String topic, int partition, byte[] key, byte[] value, long timestamp, Headers headers) {
        return KafkaRecord.of(new ConsumerRecord<>(
                topic,
                partition,
                7,
                timestamp,
                TimestampType.CREATE_TIME,
                key.length,
                value == null ? -1 : value.length,
                key,
                value,
                headers,
                Optional.empty()));
    }

    /** What a reader gets of a written record, in that partition. */
    static KafkaRecord read(ProducerRecord<byte[], byte[]> written, int partition) {
        return record(
                written.topic(), partition, written.key(), written.value(), written.timestamp(), written.headers());
    }

    static Headers headers(String... namesAndValues) {
        RecordHeaders headers = new RecordHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        return headers;
    }

    static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Command command() {
        byte[] json = utf8("""
                {"request_id":"r1","device_id":"dev-ü","command_type":"t","payload":{},"protocol":"coap"}""");
        return switch (CommandJson.readRecord(json, new RequestId("x"), NOW, ExpiryRule.STANDARD)) {
            case CommandJson.Read.Valid valid -> valid.command();
            case CommandJson.Read.Invalid invalid -> throw new IllegalStateException(invalid.message());
        };
    }
}
