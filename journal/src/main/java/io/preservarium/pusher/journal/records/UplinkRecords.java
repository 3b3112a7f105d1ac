package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.UplinkJson;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of the uplink topic: key device id, value the uplink as JSON, header protocol. */
public record UplinkRecords(String topic, RecordLimits limits) {

    private static final int LONGEST_ERROR = 4_096;

    /** Outputs that are too large are left out, and the uplink's error says so; the device's own bytes are never cut. */
    public Written write(Uplink uplink) {
        Uplink bounded =
                with(uplink, uplink.outputs(), uplink.error().map(error -> BoundedText.of(error, LONGEST_ERROR)));
        ProducerRecord<byte[], byte[]> whole = record(bounded);
        if (limits.fits(whole) || uplink.outputs().isEmpty()) {
            return limits.check(whole);
        }
        String why = "the outputs are left out: with them the record has " + RecordLimits.sizeOf(whole)
                + " bytes of at most " + limits.maxRecordBytes();
        return limits.check(record(with(
                bounded,
                List.of(),
                Optional.of(bounded.error().map(error -> why + "; " + error).orElse(why)))));
    }

    private ProducerRecord<byte[], byte[]> record(Uplink uplink) {
        ProducerRecord<byte[], byte[]> record = RecordWriter.record(
                topic, HomePartitions.key(uplink.deviceId()), UplinkJson.write(uplink), uplink.receivedAt());
        RecordWriter.header(record, Headers.PROTOCOL, uplink.protocol().word());
        return record;
    }

    private static Uplink with(
            Uplink uplink, List<java.util.Map<String, Object>> outputs, Optional<String> error) {
        return new Uplink(
                uplink.uplinkId(),
                uplink.deviceId(),
                uplink.protocol(),
                uplink.receivedAt(),
                uplink.source(),
                uplink.address(),
                uplink.method(),
                uplink.payload(),
                uplink.parser(),
                outputs,
                error);
    }
}
