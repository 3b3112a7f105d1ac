package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.StatusJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Reads the status topic: the evidence, written by this process or another, is what moves commands in the book. */
final class StatusIntake implements Processor<byte[], byte[], byte[], byte[]> {

    private final DeliveryTopology.Parts parts;
    private final byte[] protocol;
    private @org.jspecify.annotations.Nullable ProcessorContext<byte[], byte[]> context;
    private @org.jspecify.annotations.Nullable WaitingCommands book;

    StatusIntake(DeliveryTopology.Parts parts) {
        this.parts = parts;
        this.protocol = parts.protocol().word().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> processorContext) {
        context = processorContext;
        book = new WaitingCommands(processorContext.getStateStore(WaitingCommands.STORE), parts.rules());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (record.value() != null && mayConcern(record)) {
            Optional<StatusEvent> event = StatusJson.read(record.value()).ifValid();
            event.filter(e -> e.protocol().filter(parts.protocol()::equals).isPresent())
                    .ifPresent(e -> {
                        java.util.Objects.requireNonNull(book)
                                .observe(e, parts.clock().instant());
                        parts.desk().consumed(e);
                    });
        }
        parts.positions()
                .passed(java.util.Objects.requireNonNull(context)
                        .recordMetadata()
                        .orElseThrow());
    }

    /** The header spares reading the JSON of the other protocol's events. */
    private boolean mayConcern(Record<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(Headers.PROTOCOL);
        return header == null || Arrays.equals(header.value(), protocol);
    }
}
