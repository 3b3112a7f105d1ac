package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Reads the command topic: puts commands of this protocol into the book, moves records that stand in the wrong
 * partition, and answers for records that are no command.
 */
final class CommandIntake implements Processor<byte[], byte[], byte[], byte[]> {

    static final String SINK_STATUS = "status-sink";
    static final String SINK_DEAD = "dead-letter-sink";
    static final String SINK_COMMANDS = "command-sink";

    private static final int MAX_ORIGIN = 16;

    private final DeliveryTopology.Parts parts;
    private @org.jspecify.annotations.Nullable ProcessorContext<byte[], byte[]> context;
    private @org.jspecify.annotations.Nullable WaitingCommands book;

    CommandIntake(DeliveryTopology.Parts parts) {
        this.parts = parts;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> processorContext) {
        context = processorContext;
        book = new WaitingCommands(processorContext.getStateStore(WaitingCommands.STORE), parts.rules());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context().recordMetadata().orElseThrow();
        Optional<String> movedFrom = header(record, Headers.MOVED_FROM);
        RequestId ifAbsent =
                new RequestId(movedFrom.filter(CommandIntake::isRequestId).orElse(position(at)));
        Instant acceptedAt = Instant.ofEpochMilli(record.timestamp());
        byte[] value = record.value() == null ? new byte[0] : record.value();
        switch (CommandJson.readRecord(
                value, ifAbsent, acceptedAt, parts.rules().expiry())) {
            case CommandJson.Read.Valid valid -> accept(valid.command(), record, at, movedFrom.isPresent());
            case CommandJson.Read.Invalid invalid -> {
                if (parts.ownsInvalidCommands()) {
                    refuse(record, at, invalid.deviceId(), invalid.requestId().orElse(ifAbsent), invalid.message());
                }
            }
        }
        parts.positions().passed(at);
    }

    private void accept(Command command, Record<byte[], byte[]> record, RecordMetadata at, boolean moved) {
        DeviceId device = command.deviceId();
        if (command.protocol() != parts.protocol()) {
            if (isAtHome(device, at)) {
                book().forgetEarly(device, command.requestId());
            }
            return;
        }
        if (!isAtHome(device, at)) {
            if (moved) {
                refuse(
                        record,
                        at,
                        Optional.of(device),
                        command.requestId(),
                        "stands in the wrong partition after it was moved; do the connectors and the topic agree on the partition count?");
            } else {
                move(command, record, at);
            }
            return;
        }
        Instant now = parts.clock().instant();
        WaitingCommand waiting = new WaitingCommand(
                at.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                command,
                Progress.accepted(),
                origin(record),
                Optional.empty(),
                Optional.empty(),
                now);
        if (book().accept(waiting, now)) {
            parts.desk().look(device);
        }
    }

    /** Partition = Java murmur2 of the UTF-8 device id; librdkafka's default is another hash. */
    private boolean isAtHome(DeviceId device, RecordMetadata at) {
        return parts.partitions().of(device) == at.partition();
    }

    private void move(Command command, Record<byte[], byte[]> record, RecordMetadata at) {
        RecordHeaders headers = new RecordHeaders(record.headers());
        headers.add(Headers.MOVED_FROM, position(at).getBytes(StandardCharsets.UTF_8));
        context()
                .forward(
                        new Record<>(
                                command.deviceId().value().getBytes(StandardCharsets.UTF_8),
                                record.value(),
                                record.timestamp(),
                                headers),
                        SINK_COMMANDS);
        parts.log().moved(command.requestId(), command.deviceId(), at.partition());
    }

    /** Through the topology's own producer, which is flushed before the offset is committed: a refusal is not lost. */
    private void refuse(
            Record<byte[], byte[]> record,
            RecordMetadata at,
            Optional<DeviceId> device,
            RequestId request,
            String message) {
        RecordHeaders dead = new RecordHeaders(record.headers());
        dead.add(Headers.REASON, Reason.INVALID_COMMAND.name().getBytes(StandardCharsets.UTF_8));
        dead.add(Headers.MESSAGE, message.getBytes(StandardCharsets.UTF_8));
        dead.add(Headers.SOURCE_RECORD, position(at).getBytes(StandardCharsets.UTF_8));
        context().forward(new Record<>(record.key(), record.value(), record.timestamp(), dead), SINK_DEAD);
        device.ifPresent(id -> {
            StatusEvent event = StatusEvent.invalid(request, id, parts.clock().instant(), parts.source(), message);
            ProducerRecord<byte[], byte[]> status = EventWriter.statusRecord("", event, origin(record));
            context()
                    .forward(
                            new Record<>(
                                    status.key(),
                                    status.value(),
                                    parts.clock().instant().toEpochMilli(),
                                    status.headers()),
                            SINK_STATUS);
        });
        parts.log().invalid(position(at), message);
    }

    /** A record without the header was written by somebody's own producer. */
    private static String origin(Record<byte[], byte[]> record) {
        return header(record, Headers.ORIGIN)
                .filter(text -> text.length() <= MAX_ORIGIN)
                .orElse("kafka");
    }

    private static String position(RecordMetadata at) {
        return at.topic() + "-" + at.partition() + "-" + at.offset();
    }

    private static boolean isRequestId(String text) {
        try {
            return new RequestId(text).value().equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<String> header(Record<byte[], byte[]> record, String name) {
        return Optional.ofNullable(record.headers().lastHeader(name))
                .map(Header::value)
                .map(Utils::utf8);
    }

    private ProcessorContext<byte[], byte[]> context() {
        return java.util.Objects.requireNonNull(context);
    }

    private WaitingCommands book() {
        return java.util.Objects.requireNonNull(book);
    }
}
