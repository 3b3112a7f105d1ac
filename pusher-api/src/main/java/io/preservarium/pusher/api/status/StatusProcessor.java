package io.preservarium.pusher.api.status;

import io.preservarium.pusher.api.telemetry.ApiLog;
import io.preservarium.pusher.api.telemetry.Counts;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import io.preservarium.pusher.command.wire.WireTime;
import io.preservarium.pusher.journal.ReadPositions;
import io.preservarium.pusher.journal.records.CommandRecords;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.Origin;
import io.preservarium.pusher.journal.records.RecordTime;
import io.preservarium.pusher.journal.records.StatusRecords;
import io.preservarium.pusher.journal.store.DeadlineStore;
import io.preservarium.pusher.journal.store.WriteBehindStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rows of one partition: each record is appended to its command's row as it was read. A row is understood when
 * somebody asks for it and when its deadline has passed; where no record said when that is, also a minute after the first.
 */
final class StatusProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final int LOOKED_AT_ONCE = 5000;

    /** Longer commands are kept as a summary, longer events without their facts and the end of their message. */
    private static final int LONGEST_COMMAND = 2 * 1024;

    private static final int LONGEST_EVENT = 8 * 1024;
    private static final int KEPT_MESSAGE = 1000;

    /** A row of so many parts takes only what changes the command; nothing else would keep it from growing. */
    private static final int LONG_ROW = 64;

    /** Entries of rows to be looked at; a request id never begins with 0. */
    private static final byte[] LOOKS = {0, 'D'};

    private final StatusTopology.Settings settings;
    private final RowReader reader;
    private final ReadPositions positions;
    private final Counts counts;

    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable WriteBehindStore store;
    private @Nullable DeadlineStore looks;
    private Optional<Fence> fence = Optional.empty();

    /** The end of the status partition, fetched after {@code asked}: read up to there, and nothing older can still come. */
    private record Fence(Instant asked, CompletableFuture<Long> end) {}

    /** A command that no connector has ended in time. */
    private record Overdue(Bytes key, StoredRow stored, CommandRow row, Instant since) {}

    StatusProcessor(StatusTopology.Settings settings, ReadPositions positions, Counts counts) {
        this.settings = settings;
        this.reader = new RowReader(settings.commands().expiry());
        this.positions = positions;
        this.counts = counts;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> taskContext) {
        context = taskContext;
        WriteBehindStore rows = taskContext.getStateStore(StatusTopology.STORE);
        store = rows;
        looks = new DeadlineStore(rows, LOOKS);
        taskContext.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, now -> lookAtDue(Instant.ofEpochMilli(now)));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata place = context().recordMetadata().orElseThrow();
        KafkaRecord read = KafkaRecord.of(record, place);
        if (place.topic().equals(settings.commands().topic())) {
            command(read);
        } else {
            status(read);
        }
        store().stepDone();
        positions.stored(new TopicPartition(place.topic(), place.partition()), place.offset());
    }

    /** A record in the wrong partition makes no row: a connector moves it, and the moved one does. */
    private void command(KafkaRecord record) {
        if (!record.hasValue()) {
            return;
        }
        Instant now = now();
        Optional<OwnRecord> own = OwnRecord.command(record).filter(known -> record.value().length <= LONGEST_COMMAND);
        if (own.isPresent()) {
            if (settings.home().isHome(own.get().device(), record.place())) {
                Origin origin = Origin.ofWord(record.header(Headers.ORIGIN).orElse(""));
                Instant at = RecordTime.of(record.timestamp(), now).at();
                command(
                        own.get().request(),
                        own.get().device(),
                        RowReader.command(origin, at, record.value()),
                        record.header(Headers.EXPIRES_AT).flatMap(WireTime::read));
            }
            return;
        }
        switch (settings.commands().read(record, settings.home(), now)) {
            case CommandRecords.Read.Valid valid ->
                command(
                        valid.command().requestId(),
                        valid.command().deviceId(),
                        part(record, valid),
                        Optional.of(valid.command().expiresAt()));
            case CommandRecords.Read.Invalid invalid ->
                // Without a device there is nobody to ask about; the dead-letter topic has it.
                invalid.deviceId()
                        .filter(device -> settings.home().isHome(device, record.place()))
                        .ifPresent(device -> command(
                                invalid.requestId(),
                                device,
                                summary(CommandRow.Accepted.unreadable(invalid.acceptedAt(), invalid.origin())),
                                Optional.empty()));
            case CommandRecords.Read.Misplaced misplaced -> {}
        }
    }

    private static StoredRow.Part part(KafkaRecord record, CommandRecords.Read.Valid valid) {
        Instant at = valid.acceptedAt().at();
        return record.value().length <= LONGEST_COMMAND
                ? RowReader.command(valid.origin(), at, record.value())
                : summary(CommandRow.Accepted.of(valid.command(), at, valid.origin()));
    }

    private static StoredRow.Part summary(CommandRow.Accepted accepted) {
        return new StoredRow.Part(StoredRow.Kind.SUMMARY, accepted.at(), CommandSummary.write(accepted));
    }

    /** The first record counts; a second one with the same identity is the same command. */
    private void command(RequestId request, DeviceId device, StoredRow.Part part, Optional<Instant> expiresAt) {
        Bytes key = StoredRow.key(request, device);
        Optional<StoredRow> before = row(key);
        if (before.map(StoredRow::hasCommand).orElse(false)) {
            return;
        }
        put(
                key,
                before,
                before.orElseGet(() -> first(part.at(), expiresAt.orElse(part.at())))
                        .with(part));
    }

    /** Nothing can be overdue before its expiry, and a header that claims one in ten years is not believed. */
    private StoredRow first(Instant at, Instant expiresAt) {
        Instant latest = at.plus(settings.commands().expiry().atMost());
        Instant expiry = expiresAt.isBefore(at) ? at : expiresAt.isAfter(latest) ? latest : expiresAt;
        return StoredRow.empty(expiry.plus(CommandRow.OVERDUE_AFTER));
    }

    private void status(KafkaRecord record) {
        Instant at = RecordTime.of(record.timestamp(), now()).at();
        Optional<OwnRecord> own = OwnRecord.event(record).filter(known -> record.value().length <= LONGEST_EVENT);
        if (own.isPresent()) {
            if (settings.home().isHome(own.get().device(), record.place())) {
                boolean ends =
                        record.header(Headers.FINAL).filter("true"::equals).isPresent();
                event(StoredRow.key(own.get().request(), own.get().device()), at, record.value(), ends);
            }
            return;
        }
        switch (settings.status().read(record, settings.home(), now())) {
            case StatusRecords.Read.Valid valid -> event(record, valid.event(), at);
            case StatusRecords.Read.Misplaced misplaced -> {}
            case StatusRecords.Read.Invalid invalid -> {
                counts.statusRecordSkipped();
                ApiLog.LOG.unreadableStatus(record.place().toString());
            }
        }
    }

    private void event(KafkaRecord record, StatusEvent event, Instant at) {
        byte[] json = record.value().length <= LONGEST_EVENT ? record.value() : StatusJson.write(shortened(event));
        event(StoredRow.key(event.requestId(), event.deviceId()), at, json, event.isFinal());
    }

    private void event(Bytes key, Instant at, byte[] json, boolean ends) {
        Optional<StoredRow> before = row(key);
        StoredRow row = before.orElseGet(() -> first(at, at));
        if (row.count() >= LONG_ROW && !isNew(key, row, json)) {
            return;
        }
        StoredRow longer = row.with(new StoredRow.Part(StoredRow.Kind.EVENT, at, json));
        boolean isOver = ends && reader.events(key, longer).fold().progress().isFinal();
        put(key, before, isOver ? longer.lookedAtNext(at.plus(settings.retention())) : longer);
    }

    private boolean isNew(Bytes key, StoredRow row, byte[] json) {
        return StatusJson.read(json)
                .ifValid()
                .map(event -> reader.events(key, row).isMovedBy(event))
                .orElse(false);
    }

    private Optional<StoredRow> row(Bytes key) {
        return store().get(key, StoredRow.CODEC);
    }

    /** The index has one entry for each row, and is touched only when that moves. */
    private void put(Bytes key, Optional<StoredRow> before, StoredRow row) {
        Optional<Instant> old = before.map(StoredRow::look);
        if (!old.equals(Optional.of(row.look()))) {
            old.ifPresent(look -> looks().clear(look, key));
            looks().set(row.look(), key, before.isEmpty() || !store().mayBeBelow(key));
        }
        if (before.isEmpty()) {
            store().putNew(key, row, StoredRow.CODEC);
        } else {
            store().put(key, row, StoredRow.CODEC);
        }
    }

    private void lookAtDue(Instant now) {
        List<Overdue> overdue = new ArrayList<>();
        for (DeadlineStore.Due due : looks().takeDue(now, LOOKED_AT_ONCE)) {
            // A row that has gone, or is to be looked at another time, has left this entry behind.
            row(due.key()).filter(row -> row.look().equals(due.at())).ifPresent(row -> look(due.key(), row, now)
                    .ifPresent(overdue::add));
        }
        if (!overdue.isEmpty()) {
            giveUp(overdue, now);
        }
        store().stepDone();
    }

    private Optional<Overdue> look(Bytes key, StoredRow stored, Instant now) {
        CommandRow ended = reader.events(key, stored);
        Progress progress = ended.fold().progress();
        CommandRow row = progress.isFinal() ? ended : reader.read(key, stored).orElse(ended);
        return switch (row.next(
                now,
                settings.retention(),
                settings.commands().expiry().byDefault(),
                settings.commands().expiry().atMost())) {
            case CommandRow.Next.Remove remove -> {
                store().delete(key);
                yield Optional.empty();
            }
            case CommandRow.Next.Wait wait -> {
                lookAgain(key, stored, wait.until());
                yield Optional.empty();
            }
            case CommandRow.Next.GiveUp late -> Optional.of(new Overdue(key, stored, row, late.since()));
        };
    }

    private void lookAgain(Bytes key, StoredRow stored, Instant at) {
        looks().set(at, key);
        store().put(key, stored.lookedAtNext(at), StoredRow.CODEC);
    }

    /** First a fence, and the word only when everything before it was read without finding the connector's own. */
    private void giveUp(List<Overdue> overdue, Instant now) {
        int partition = context().taskId().partition();
        Instant asked = Instant.MIN;
        if (fence.isEmpty()) {
            fence = Optional.of(
                    new Fence(now, settings.statusEnd().apply(partition).toCompletableFuture()));
        } else if (fence.get().end().isCompletedExceptionally()) {
            fence = Optional.empty();
        } else if (fence.get().end().isDone()
                && isRead(partition, fence.get().end().join())) {
            asked = fence.get().asked();
            fence = Optional.empty();
        }
        for (Overdue late : overdue) {
            if (late.since().isAfter(asked)) {
                lookAgain(late.key(), late.stored(), now.plus(LOOK_AGAIN));
            } else {
                giveUp(late, now);
            }
        }
    }

    private boolean isRead(int partition, long end) {
        return positions.reached(Map.of(new TopicPartition(settings.status().topic(), partition), end));
    }

    private void giveUp(Overdue overdue, Instant now) {
        StatusEvent event = overdue.row().giveUp(now, Counts.SERVICE);
        Origin origin =
                overdue.row().accepted().map(CommandRow.Accepted::origin).orElse(Origin.KAFKA);
        ProducerRecord<byte[], byte[]> record = settings.status().write(event, origin, now);
        context()
                .forward(
                        new Record<>(record.key(), record.value(), now.toEpochMilli(), record.headers()),
                        StatusTopology.STATUS_SINK);
        counts.overdue();
        ApiLog.LOG.overdue(event.requestId(), event.deviceId(), event.state().word());
        // The event is read back and ends the row; should it get lost, it is looked at again.
        lookAgain(overdue.key(), overdue.stored(), now.plus(CommandRow.OVERDUE_AFTER));
    }

    private static StatusEvent shortened(StatusEvent event) {
        return new StatusEvent(
                event.requestId(),
                event.deviceId(),
                event.commandType(),
                event.protocol(),
                event.state(),
                event.isFinal(),
                event.reason(),
                event.message().map(StatusProcessor::shortened),
                event.at(),
                shortened(event.source()),
                event.attempt(),
                event.late(),
                event.parser(),
                event.bytes(),
                Map.of(),
                Optional.empty());
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= KEPT_MESSAGE
                ? text
                : text.substring(0, text.offsetByCodePoints(0, KEPT_MESSAGE)) + "…";
    }

    private Instant now() {
        return Instant.ofEpochMilli(context().currentSystemTimeMs());
    }

    private ProcessorContext<byte[], byte[]> context() {
        return initialised(context);
    }

    private WriteBehindStore store() {
        return initialised(store);
    }

    private DeadlineStore looks() {
        return initialised(looks);
    }

    private static <T> T initialised(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("Kafka Streams calls init first");
        }
        return part;
    }
}
