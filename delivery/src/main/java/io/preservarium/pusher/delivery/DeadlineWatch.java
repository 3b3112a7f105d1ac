package io.preservarium.pusher.delivery;

import java.time.Duration;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Wakes the desk for the devices with a deadline that passed, and tells it which partitions are held here. */
final class DeadlineWatch implements Processor<byte[], byte[], byte[], byte[]> {

    private final DeliveryTopology.Parts parts;
    private final Duration interval;
    private int partition = -1;

    DeadlineWatch(DeliveryTopology.Parts parts, Duration interval) {
        this.parts = parts;
        this.interval = interval;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        partition = context.taskId().partition();
        WaitingCommands book = new WaitingCommands(context.getStateStore(WaitingCommands.STORE), parts.rules());
        parts.positions().assigned(partition);
        context.schedule(interval, PunctuationType.WALL_CLOCK_TIME, timestamp -> book.due(
                        parts.clock().instant())
                .forEach(parts.desk()::look));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        // Only the clock matters here; the records belong to the intake of the same source.
    }

    @Override
    public void close() {
        parts.positions().revoked(partition);
    }
}
