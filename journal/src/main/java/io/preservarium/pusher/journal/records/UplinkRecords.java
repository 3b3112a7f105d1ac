package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.UplinkJson;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of the uplink topic: key device id, value the uplink as JSON, header protocol. */
public record UplinkRecords(String topic, RecordLimits limits) {

    /** Outputs are bounded when the uplink is made; the device's own bytes are never cut. */
    public Written write(Uplink uplink) {
        return limits.check(record(uplink));
    }

    private ProducerRecord<byte[], byte[]> record(Uplink uplink) {
        ProducerRecord<byte[], byte[]> record = RecordWriter.record(
                topic, HomePartitions.key(uplink.deviceId()), UplinkJson.write(uplink), uplink.receivedAt());
        RecordWriter.header(record, Headers.PROTOCOL, uplink.protocol().word());
        return record;
    }
}
