package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.ScriptStatus;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.ScriptJson;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of the parser script status topic: key {@code <ref>|<instance>}, value what that connector has of the script. */
public record ScriptStatusRecords(String topic, RecordLimits limits) {

    /** What reading gave. */
    public sealed interface Read {

        record Valid(String key, ScriptStatus status) implements Read {}

        record Removed(String key) implements Read {}

        record Invalid(String key, String message) implements Read {}
    }

    public static Read read(KafkaRecord record) {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (!record.hasValue()) {
            return new Read.Removed(key);
        }
        return ScriptJson.readStatus(record.value())
                .<Read>map(status -> new Read.Valid(key, status))
                .orElseGet(() -> new Read.Invalid(key, "is no status of a script"));
    }

    /** Always fits: the message is cut. */
    public ProducerRecord<byte[], byte[]> write(ScriptStatus status) {
        ScriptStatus bounded = new ScriptStatus(
                status.ref(),
                status.instance(),
                status.state(),
                status.sha256(),
                status.layers(),
                status.message().map(message -> ForeignText.bounded(message, StatusEvent.MAX_MESSAGE_LENGTH)),
                status.at());
        return RecordWriter.record(
                topic,
                RecordWriter.utf8(status.ref() + "|" + status.instance()),
                ScriptJson.write(bounded),
                status.at());
    }
}
