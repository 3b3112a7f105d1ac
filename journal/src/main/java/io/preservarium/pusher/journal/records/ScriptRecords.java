package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.wire.ScriptJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Records of the parser script topic: key {@code <ref>} for the live version, {@code <ref>@previous} for the one before. */
public record ScriptRecords(String topic, RecordLimits limits) {

    private static final String PREVIOUS = "@previous";

    /** A script of 256 KiB with its companions and examples, as JSON, all of it escaped. */
    public static final RecordLimits LARGEST = new RecordLimits(4 << 20);

    /** What reading gave. */
    public sealed interface Read {

        record Live(PublishedScript script) implements Read {}

        record Removed(ParserRef ref) implements Read {}

        /** The version before, for people; never live. Empty when there is none any more. */
        record Previous(ParserRef ref, Optional<PublishedScript> script) implements Read {}

        /** What is refused changes nothing. {@code ref} is empty when the key is no reference. */
        record Invalid(Optional<ParserRef> ref, String message) implements Read {}
    }

    public Read read(KafkaRecord record) {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        boolean isPrevious = key.endsWith(PREVIOUS);
        ParserRef ref;
        try {
            ref = new ParserRef(isPrevious ? key.substring(0, key.length() - PREVIOUS.length()) : key);
        } catch (IllegalArgumentException e) {
            return new Read.Invalid(Optional.empty(), String.valueOf(e.getMessage()));
        }
        if (!record.hasValue()) {
            return isPrevious ? new Read.Previous(ref, Optional.empty()) : new Read.Removed(ref);
        }
        Optional<PublishedScript> script = ScriptJson.readPublished(record.value())
                .filter(found -> found.ref().equals(ref));
        if (isPrevious) {
            return new Read.Previous(ref, script);
        }
        return script.<Read>map(Read.Live::new)
                .orElseGet(() -> new Read.Invalid(Optional.of(ref), "the record is no script of this name"));
    }

    public Written live(PublishedScript script, Instant at) {
        return limits.check(
                RecordWriter.record(topic, RecordWriter.utf8(script.ref().value()), ScriptJson.write(script), at));
    }

    public Written previous(PublishedScript script, Instant at) {
        return limits.check(RecordWriter.record(
                topic, RecordWriter.utf8(script.ref().value() + PREVIOUS), ScriptJson.write(script), at));
    }

    /** The script is no more. */
    public ProducerRecord<byte[], byte[]> removed(ParserRef ref, Instant at) {
        return tombstone(ref.value(), at);
    }

    /** There is no version before any more. */
    public ProducerRecord<byte[], byte[]> previousRemoved(ParserRef ref, Instant at) {
        return tombstone(ref.value() + PREVIOUS, at);
    }

    private ProducerRecord<byte[], byte[]> tombstone(String key, Instant at) {
        byte @Nullable [] none = null;
        return new ProducerRecord<>(topic, null, at.toEpochMilli(), RecordWriter.utf8(key), none);
    }
}
