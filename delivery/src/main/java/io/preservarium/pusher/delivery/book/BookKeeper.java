package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.delivery.DeliveryConfig;
import io.preservarium.pusher.delivery.DeliveryLog;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.store.WriteBehindStore;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Keeps the book of one partition: reads its topics, looks at its deadlines, and no record stops it. */
final class BookKeeper implements Processor<byte[], byte[], byte[], byte[]> {

    private static final int DUE_AT_ONCE = 1_000;
    private static final int SWEPT_AT_ONCE = 500;
    /** While there is nothing to forget. */
    private static final int TICKS_PER_SWEEP = 20;

    private static final Duration SHARE_OF_A_TICK = Duration.ofMillis(100);

    private final BookParts parts;
    private final DeliveryConfig.Topics topics;
    private final Duration interval;
    private int partition = -1;
    private int ticks;
    private boolean forgets;
    private @Nullable Intakes intakes;
    private @Nullable ProcessorContext<byte[], byte[]> context;

    private record Intakes(CommandIntake commands, CancellationIntake cancellations, StatusIntake status) {}

    BookKeeper(BookParts parts, DeliveryConfig config) {
        this.parts = parts;
        this.topics = config.topics();
        this.interval = config.deadlineInterval();
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> task) {
        context = task;
        partition = task.taskId().partition();
        WriteBehindStore store = task.getStateStore(Book.STORE);
        Book opened = new Book(store, partition, parts.rules(), parts.listener());
        Forwarder forwarder = new Forwarder(parts, task);
        intakes = new Intakes(
                new CommandIntake(parts, opened, forwarder),
                new CancellationIntake(parts, opened, forwarder),
                new StatusIntake(parts, opened, forwarder));
        parts.books().assigned(partition, new BookReader(store));
        task.schedule(interval, PunctuationType.WALL_CLOCK_TIME, ignored -> tick(opened));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context().recordMetadata().orElseThrow();
        try {
            read(KafkaRecord.of(record, at));
        } catch (StreamsException e) {
            // The store or the task is gone; what was read is read again by whoever holds the partition next.
            throw e;
        } catch (RuntimeException e) {
            DeliveryLog.LOG.unreadable(e, at.topic(), at.partition(), at.offset());
            new Forwarder(parts, context())
                    .deadLetter(KafkaRecord.of(record, at), "this program could not read it: " + e);
        }
        parts.positions().stored(new TopicPartition(at.topic(), at.partition()), at.offset());
    }

    private void read(KafkaRecord record) {
        Intakes open = intakes();
        String topic = record.place().topic();
        if (topic.equals(topics.commands())) {
            open.commands().read(record);
        } else if (topic.equals(topics.status())) {
            open.status().read(record);
        } else {
            open.cancellations().read(record);
        }
    }

    private void tick(Book opened) {
        Instant now = parts.clock().instant();
        long end = System.nanoTime() + SHARE_OF_A_TICK.toNanos();
        boolean decides = parts.listener().decides(partition);
        while (decides && opened.due(now, DUE_AT_ONCE) == DUE_AT_ONCE && System.nanoTime() < end) {
            // A storm of deadlines is taken in shares, so that the topics are read in between.
        }
        for (ParserRef ref : parts.arrivals().recent()) {
            opened.parserAvailable(ref, now, DUE_AT_ONCE);
        }
        ticks++;
        if (forgets || ticks % TICKS_PER_SWEEP == 0) {
            forgets = opened.sweep(now, SWEPT_AT_ONCE) > 0;
        }
    }

    @Override
    public void close() {
        parts.books().released(partition);
        parts.release().released(partition);
    }

    private ProcessorContext<byte[], byte[]> context() {
        return initialised(context);
    }

    private Intakes intakes() {
        return initialised(intakes);
    }

    private static <T> T initialised(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("Kafka Streams calls init first");
        }
        return part;
    }
}
