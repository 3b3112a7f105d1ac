package io.preservarium.pusher.api;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Keeps the rows of one partition: each record read becomes or changes one row, each second the due ones are looked at. */
final class StatusProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    static final String SOURCE = "pusher-api";
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int LOOKED_AT_ONCE = 1000;
    private static final int MAX_ORIGIN = 16;

    private final StatusTopology.Settings settings;
    private final ReadPositions positions;
    private final Counts counts;

    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable KeyValueStore<Bytes, byte[]> store;
    private Optional<Fence> fence = Optional.empty();

    /** The end of the status partition, fetched after {@code asked}: read up to there, and nothing older can still come. */
    private record Fence(Instant asked, CompletableFuture<Long> end) {}

    StatusProcessor(StatusTopology.Settings settings, ReadPositions positions, Counts counts) {
        this.settings = settings;
        this.positions = positions;
        this.counts = counts;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> taskContext) {
        context = taskContext;
        store = taskContext.getStateStore(StatusTopology.STORE);
        taskContext.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, now -> lookAtDue(Instant.ofEpochMilli(now)));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata place = context().recordMetadata().orElseThrow();
        if (place.topic().equals(settings.commands())) {
            command(record, place);
        } else {
            status(record, place);
        }
        positions.stored(new TopicPartition(place.topic(), place.partition()), place.offset());
    }

    private void command(Record<byte[], byte[]> record, RecordMetadata place) {
        if (record.value() == null) {
            return;
        }
        Instant at = Instant.ofEpochMilli(record.timestamp());
        String origin = header(record, Headers.ORIGIN)
                .filter(text -> text.length() <= MAX_ORIGIN)
                .orElse("kafka");
        switch (CommandJson.readRecord(record.value(), nameless(record, place), at, settings.expiry())) {
            case CommandJson.Read.Valid valid ->
                change(
                        valid.command().requestId(),
                        valid.command().deviceId(),
                        place,
                        row -> row.with(CommandRow.Accepted.of(valid.command(), at, origin)));
            case CommandJson.Read.Invalid invalid ->
                // Without a device there is nobody to ask about; the dead-letter topic has it.
                invalid.deviceId()
                        .ifPresent(device -> change(
                                invalid.requestId().orElseGet(() -> nameless(record, place)),
                                device,
                                place,
                                row -> row.with(CommandRow.Accepted.unreadable(at, origin))));
        }
    }

    /** The id of a record that has none: where it first stood. The connectors name it by the same rule. */
    private static RequestId nameless(Record<byte[], byte[]> record, RecordMetadata place) {
        return header(record, Headers.MOVED_FROM)
                .flatMap(StatusProcessor::requestId)
                .orElseGet(() -> new RequestId(place.topic() + "-" + place.partition() + "-" + place.offset()));
    }

    private static Optional<RequestId> requestId(String text) {
        try {
            return Optional.of(new RequestId(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void status(Record<byte[], byte[]> record, RecordMetadata place) {
        Optional<StatusEvent> event = record.value() == null
                ? Optional.empty()
                : StatusJson.read(record.value()).ifValid();
        if (event.isEmpty() || event.get().state() == CommandState.ACCEPTED) {
            counts.statusRecordSkipped();
            ApiLog.unreadableStatus(place.topic(), place.partition(), place.offset());
            return;
        }
        change(event.get().requestId(), event.get().deviceId(), place, row -> row.with(event.get()));
    }

    /** A record in the wrong partition changes nothing: a connector moves it, and the moved one makes the row. */
    private void change(RequestId request, DeviceId device, RecordMetadata place, UnaryOperator<CommandRow> change) {
        if (DevicePartition.of(device, settings.partitions()) != place.partition()) {
            return;
        }
        Bytes key = StoredRow.rowKey(request, device);
        Optional<StoredRow> before = read(key);
        CommandRow old = before.map(StoredRow::row).orElseGet(() -> CommandRow.unknown(request, device));
        CommandRow changed = change.apply(old);
        if (!changed.equals(old)) {
            put(before, changed, due(changed));
        }
    }

    private CommandRow.Due due(CommandRow row) {
        return row.due(
                settings.retention(),
                settings.expiry().byDefault(),
                settings.expiry().atMost());
    }

    private Optional<StoredRow> read(Bytes key) {
        byte[] value = store().get(key);
        return value == null ? Optional.empty() : StoredRow.read(key, value);
    }

    private void put(Optional<StoredRow> before, CommandRow row, CommandRow.Due due) {
        StoredRow after = new StoredRow(row, due);
        before.map(StoredRow::dueKey).filter(key -> !key.equals(after.dueKey())).ifPresent(key -> store().delete(key));
        store().put(after.key(), after.toBytes());
        store().put(after.dueKey(), new byte[0]);
    }

    private void lookAtDue(Instant now) {
        List<StoredRow> overdue = new ArrayList<>();
        for (Bytes dueKey : dueKeys(now)) {
            Optional<StoredRow> row = read(StoredRow.rowKeyOfDue(dueKey));
            if (row.isEmpty() || !row.get().dueKey().equals(dueKey)) {
                store().delete(dueKey);
                continue;
            }
            switch (row.get().due().task()) {
                case REMOVE -> {
                    store().delete(row.get().key());
                    store().delete(dueKey);
                }
                case GIVE_UP -> overdue.add(row.get());
            }
        }
        if (overdue.isEmpty()) {
            fence = Optional.empty();
        } else {
            giveUp(overdue, now);
        }
    }

    private List<Bytes> dueKeys(Instant now) {
        List<Bytes> keys = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> due = store().range(StoredRow.dueFrom(), StoredRow.dueUpTo(now))) {
            while (due.hasNext() && keys.size() < LOOKED_AT_ONCE) {
                KeyValue<Bytes, byte[]> entry = due.next();
                keys.add(entry.key);
            }
        }
        return keys;
    }

    /** First a fence, and the word only when everything before it was read without finding the connector's own. */
    private void giveUp(List<StoredRow> overdue, Instant now) {
        int partition = context().taskId().partition();
        if (fence.isEmpty()) {
            fence = Optional.of(
                    new Fence(now, settings.statusEnd().apply(partition).toCompletableFuture()));
            return;
        }
        Fence open = fence.get();
        if (!open.end().isDone()) {
            return;
        }
        if (open.end().isCompletedExceptionally()) {
            fence = Optional.empty();
            return;
        }
        if (!positions.reached(Map.of(
                new TopicPartition(settings.status(), partition), open.end().join()))) {
            return;
        }
        fence = Optional.empty();
        overdue.stream().filter(row -> !row.due().at().isAfter(open.asked())).forEach(row -> giveUp(row, now));
    }

    private void giveUp(StoredRow overdue, Instant now) {
        StatusEvent event = overdue.row().giveUp(now, SOURCE);
        RecordHeaders headers = new RecordHeaders();
        header(headers, Headers.REQUEST_ID, event.requestId().value());
        header(headers, Headers.STATE, event.state().word());
        header(headers, Headers.FINAL, Boolean.toString(event.isFinal()));
        event.protocol().ifPresent(protocol -> header(headers, Headers.PROTOCOL, protocol.word()));
        overdue.row().accepted().ifPresent(accepted -> header(headers, Headers.ORIGIN, accepted.origin()));
        context()
                .forward(
                        new Record<>(
                                DevicePartition.key(event.deviceId()),
                                StatusJson.write(event),
                                now.toEpochMilli(),
                                headers),
                        StatusTopology.STATUS_SINK);
        counts.overdue();
        ApiLog.overdue(event.requestId(), event.deviceId(), event.state().word());
        // The event is read back and ends the row; should it get lost, it is looked at again.
        put(
                Optional.of(overdue),
                overdue.row(),
                new CommandRow.Due(now.plus(CommandRow.OVERDUE_AFTER), CommandRow.Task.GIVE_UP));
    }

    private static void header(RecordHeaders headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> header(Record<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    private ProcessorContext<byte[], byte[]> context() {
        return initialised(context);
    }

    private KeyValueStore<Bytes, byte[]> store() {
        return initialised(store);
    }

    private static <T> T initialised(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("Kafka Streams calls init first");
        }
        return part;
    }
}
