package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.delivery.DeliveryLog;
import io.preservarium.pusher.delivery.DeliveryRecords;
import io.preservarium.pusher.delivery.book.KeptAnswer;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.preservarium.pusher.journal.records.Origin;
import io.preservarium.pusher.journal.records.Written;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Writes events, uplinks and dead letters with acks=all. All events of a process go through one idempotent producer, so
 * events of one device keep the order in which they were decided. Stages may complete on the producer's own thread.
 */
public final class EventWriter implements AutoCloseable {

    private static final Duration FIRST_REPEAT = Duration.ofMillis(250);
    private static final Duration LONGEST_REPEAT = Duration.ofSeconds(5);
    /** The topics keep records two days longer than commands live. */
    private static final Duration CLOCK_AHEAD = Duration.ofDays(1);

    private final Producer<byte[], byte[]> producer;
    private final DeliveryRecords records;
    private final HomePartitions home;
    private final ScheduledExecutorService timer;
    private final Map<Integer, AtomicInteger> underWay = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public EventWriter(
            Producer<byte[], byte[]> producer,
            DeliveryRecords records,
            HomePartitions home,
            ScheduledExecutorService timer) {
        this.producer = producer;
        this.records = records;
        this.home = home;
        this.timer = timer;
    }

    /** What became of an uplink's record. */
    sealed interface Recorded {
        record Done() implements Recorded {}

        /** No record of this size will ever be taken. */
        record TooLarge(String why) implements Recorded {}

        record Failed(String why) implements Recorded {}
    }

    /** A decision that is taken again should it not get there. */
    CompletableFuture<Void> write(StatusEvent event, Origin origin) {
        return send(records.status().write(event, origin, event.at()), event.deviceId());
    }

    /** The record of an attempt, with the answer that a retransmission is to get. */
    CompletableFuture<Void> write(StatusEvent sending, Origin origin, Optional<byte[]> answer) {
        ProducerRecord<byte[], byte[]> record = records.status().write(sending, origin, sending.at());
        answer.ifPresent(bytes -> record.headers().add(KeptAnswer.HEADER, bytes));
        return send(record, sending.deviceId());
    }

    /** Evidence that nobody could find again: repeated until Kafka has it, however long that takes. */
    void writeUntilTaken(StatusEvent evidence, Origin origin) {
        writeUntilTaken(evidence, origin, FIRST_REPEAT);
    }

    private void writeUntilTaken(StatusEvent evidence, Origin origin, Duration pause) {
        write(evidence, origin).whenComplete((ignored, failure) -> {
            if (failure == null || closed) {
                return;
            }
            DeliveryLog.LOG.notWritten(evidence, failure);
            StatusEvent next = isTooLarge(failure) ? evidence.withoutFacts() : evidence;
            Duration longer = pause.multipliedBy(2);
            timer.schedule(
                    () -> writeUntilTaken(next, origin, longer.compareTo(LONGEST_REPEAT) < 0 ? longer : LONGEST_REPEAT),
                    pause.toMillis(),
                    TimeUnit.MILLISECONDS);
        });
    }

    CompletableFuture<Recorded> write(Uplink uplink) {
        return switch (records.uplinks().write(uplink)) {
            case Written.Fits(ProducerRecord<byte[], byte[]> record) -> {
                CompletableFuture<Recorded> recorded = new CompletableFuture<>();
                send(record, uplink.deviceId()).whenComplete((ignored, failure) -> {
                    if (failure == null) {
                        recorded.complete(new Recorded.Done());
                    } else if (isTooLarge(failure)) {
                        recorded.complete(new Recorded.TooLarge("Kafka does not take a record of this size"));
                    } else {
                        recorded.complete(
                                new Recorded.Failed("Kafka did not take the uplink: " + failure.getMessage()));
                    }
                });
                yield recorded;
            }
            case Written.TooLarge tooLarge ->
                CompletableFuture.completedFuture(new Recorded.TooLarge(tooLarge.message()));
        };
    }

    /** Copies a command that failed to the dead letters, as it stood in its record. */
    void writeDeadLetter(byte[] command, StatusEvent why) {
        send(records.deadLetters().write(why, command), why.deviceId()).whenComplete((ignored, failure) -> {
            if (failure != null) {
                DeliveryLog.LOG.notWritten(why, failure);
            }
        });
    }

    static boolean isTooLarge(Throwable failure) {
        return failure instanceof RecordTooLargeException || failure.getCause() instanceof RecordTooLargeException;
    }

    private CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> record, DeviceId device) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        Runnable leave = enter(device);
        Consumer<Optional<Exception>> end = failure -> {
            leave.run();
            failure.ifPresentOrElse(written::completeExceptionally, () -> written.complete(null));
        };
        send(record, failure -> {
            if (failure.filter(InvalidTimestampException.class::isInstance).isPresent()) {
                timer.execute(() -> send(earlier(record), end));
            } else {
                end.accept(failure);
            }
        });
        return written;
    }

    private void send(ProducerRecord<byte[], byte[]> record, Consumer<Optional<Exception>> end) {
        try {
            var unused =
                    producer.send(record, (metadata, failure) -> end.accept(Optional.<Exception>ofNullable(failure)));
        } catch (KafkaException | IllegalStateException e) {
            end.accept(Optional.of(e));
        }
    }

    /**
     * A broker takes no record that is more than an hour ahead of its own clock (message.timestamp.after.max.ms). Then the
     * clock here is wrong, which is no reason to deliver nothing; what a record says of its time stands in its value.
     */
    private static ProducerRecord<byte[], byte[]> earlier(ProducerRecord<byte[], byte[]> record) {
        return new ProducerRecord<>(
                record.topic(),
                record.partition(),
                Math.max(0, record.timestamp() - CLOCK_AHEAD.toMillis()),
                record.key(),
                record.value(),
                record.headers());
    }

    /** From now until the returned action ran, {@link #awaitQuiet} waits for this device's partition. */
    Runnable enter(DeviceId device) {
        AtomicInteger count = underWay.computeIfAbsent(home.of(device), none -> new AtomicInteger());
        count.incrementAndGet();
        return () -> {
            if (count.decrementAndGet() == 0) {
                synchronized (count) {
                    count.notifyAll();
                }
            }
        };
    }

    /** Waits until nothing is on its way to this partition, at most so long; false if something still is. */
    public boolean awaitQuiet(int partition, Duration limit) {
        AtomicInteger count = underWay.computeIfAbsent(partition, none -> new AtomicInteger());
        long end = System.nanoTime() + limit.toNanos();
        synchronized (count) {
            while (count.get() > 0) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(count, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        producer.close(Duration.ofSeconds(5));
    }
}
