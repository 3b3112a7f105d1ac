package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.wire.CancellationJson;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Reads the requests to cancel; a request read before its command is kept until the command comes. */
final class CancellationIntake implements Processor<byte[], byte[], byte[], byte[]> {

    private final DeliveryTopology.Parts parts;
    private @org.jspecify.annotations.Nullable ProcessorContext<byte[], byte[]> context;
    private @org.jspecify.annotations.Nullable WaitingCommands book;

    CancellationIntake(DeliveryTopology.Parts parts) {
        this.parts = parts;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> processorContext) {
        context = processorContext;
        book = new WaitingCommands(processorContext.getStateStore(WaitingCommands.STORE), parts.rules());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (record.value() != null) {
            CancellationJson.read(record.value(), Instant.ofEpochMilli(record.timestamp()))
                    .ifValid()
                    .ifPresent(this::cancel);
        }
        parts.positions()
                .passed(java.util.Objects.requireNonNull(context)
                        .recordMetadata()
                        .orElseThrow());
    }

    private void cancel(Cancellation cancellation) {
        String by = cancellation.by().isEmpty() ? "somebody" : cancellation.by();
        java.util.Objects.requireNonNull(book)
                .cancel(
                        cancellation.deviceId(),
                        cancellation.requestId(),
                        new WaitingCommand.Stop(CommandState.CANCELLED, Reason.CANCEL_REQUESTED, "asked for by " + by),
                        parts.clock().instant());
        parts.desk().look(cancellation.deviceId());
    }
}
