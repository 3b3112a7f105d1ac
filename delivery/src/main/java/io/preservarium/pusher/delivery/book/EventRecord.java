package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A status event as a record: keyed by device, with the headers that readers select by. */
public final class EventRecord {

    private EventRecord() {}

    public static ProducerRecord<byte[], byte[]> of(String topic, StatusEvent event, String origin) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, utf8(event.deviceId().value()), StatusJson.write(event));
        header(record, Headers.REQUEST_ID, event.requestId().value());
        header(record, Headers.STATE, event.state().word());
        header(record, Headers.FINAL, Boolean.toString(event.isFinal()));
        event.protocol().ifPresent(protocol -> header(record, Headers.PROTOCOL, protocol.word()));
        header(record, Headers.ORIGIN, origin);
        return record;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, utf8(value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
