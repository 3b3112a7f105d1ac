package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.command.wire.UplinkJson;
import io.preservarium.pusher.delivery.DeliveryConfig;
import io.preservarium.pusher.delivery.DeliveryLog;
import io.preservarium.pusher.delivery.book.EventRecord;
import io.preservarium.pusher.delivery.book.KeptAnswer;
import io.preservarium.pusher.delivery.book.Partitions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Writes events, uplinks and dead letters with acks=all. All events of a process go through one idempotent producer, so
 * events of one device keep the order in which they were decided. Stages may complete on the producer's own thread.
 */
public final class EventWriter implements AutoCloseable {

    private static final Duration FIRST_REPEAT = Duration.ofMillis(250);
    private static final Duration LONGEST_REPEAT = Duration.ofSeconds(5);
    private static final int MAX_UPLINK_KEY_AND_HEADERS = 2_048;

    private final Producer<byte[], byte[]> producer;
    private final DeliveryConfig.Topics topics;
    private final Partitions partitions;
    private final int largestRecord;
    private final ScheduledExecutorService timer;
    private final DeliveryLog log;
    private final Map<Integer, AtomicInteger> underWay = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public EventWriter(
            Producer<byte[], byte[]> producer,
            DeliveryConfig.Topics topics,
            Partitions partitions,
            int largestRecord,
            ScheduledExecutorService timer,
            DeliveryLog log) {
        this.producer = producer;
        this.topics = topics;
        this.partitions = partitions;
        this.largestRecord = largestRecord;
        this.timer = timer;
        this.log = log;
    }

    /** What became of an uplink's record. */
    sealed interface Recorded {
        record Done() implements Recorded {}

        /** No record of this size will ever be taken. */
        record TooLarge(String why) implements Recorded {}

        record Failed(String why) implements Recorded {}
    }

    /** A decision that is taken again should it not get there. */
    CompletableFuture<Void> write(StatusEvent event, String origin) {
        return send(EventRecord.of(topics.status(), event, origin), event.deviceId());
    }

    /** The record of an attempt, with the answer that a retransmission is to get. */
    CompletableFuture<Void> write(StatusEvent sending, String origin, Optional<byte[]> answer) {
        ProducerRecord<byte[], byte[]> record = EventRecord.of(topics.status(), sending, origin);
        answer.ifPresent(bytes -> record.headers().add(KeptAnswer.HEADER, bytes));
        return send(record, sending.deviceId());
    }

    /** Evidence that nobody could find again: repeated until Kafka has it, however long that takes. */
    void writeUntilTaken(StatusEvent evidence, String origin) {
        writeUntilTaken(evidence, origin, FIRST_REPEAT);
    }

    private void writeUntilTaken(StatusEvent evidence, String origin, Duration pause) {
        write(evidence, origin).whenComplete((ignored, failure) -> {
            if (failure == null || closed) {
                return;
            }
            log.notWritten(evidence, failure);
            StatusEvent next = isTooLarge(failure) ? evidence.withoutFacts() : evidence;
            Duration longer = pause.multipliedBy(2);
            timer.schedule(
                    () -> writeUntilTaken(next, origin, longer.compareTo(LONGEST_REPEAT) < 0 ? longer : LONGEST_REPEAT),
                    pause.toMillis(),
                    TimeUnit.MILLISECONDS);
        });
    }

    CompletableFuture<Recorded> write(Uplink uplink) {
        byte[] value = UplinkJson.write(uplink);
        if (value.length > largestRecord - MAX_UPLINK_KEY_AND_HEADERS) {
            return CompletableFuture.completedFuture(tooLarge(value.length));
        }
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topics.uplinks(), utf8(uplink.deviceId().value()), value);
        record.headers().add(Headers.PROTOCOL, utf8(uplink.protocol().word()));
        CompletableFuture<Recorded> recorded = new CompletableFuture<>();
        send(record, uplink.deviceId()).whenComplete((ignored, failure) -> {
            if (failure == null) {
                recorded.complete(new Recorded.Done());
            } else if (isTooLarge(failure)) {
                recorded.complete(tooLarge(value.length));
            } else {
                recorded.complete(new Recorded.Failed("Kafka did not take the uplink: " + failure.getMessage()));
            }
        });
        return recorded;
    }

    private static Recorded tooLarge(int length) {
        return new Recorded.TooLarge("the uplink's record of " + length + " bytes is larger than Kafka takes");
    }

    /** Copies a command that failed to the dead letters, as it stood in its record. */
    void writeDeadLetter(byte[] command, StatusEvent why) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topics.deadLetters(), utf8(why.deviceId().value()), command);
        record.headers().add(Headers.REQUEST_ID, utf8(why.requestId().value()));
        why.protocol().ifPresent(protocol -> record.headers().add(Headers.PROTOCOL, utf8(protocol.word())));
        why.reason().ifPresent(reason -> record.headers().add(Headers.REASON, utf8(reason.name())));
        why.message().ifPresent(message -> record.headers().add(Headers.MESSAGE, utf8(message)));
        send(record, why.deviceId()).whenComplete((ignored, failure) -> {
            if (failure != null) {
                log.notWritten(why, failure);
            }
        });
    }

    static boolean isTooLarge(Throwable failure) {
        return failure instanceof RecordTooLargeException || failure.getCause() instanceof RecordTooLargeException;
    }

    private CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> record, DeviceId device) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        Runnable leave = enter(device);
        try {
            var unused = producer.send(record, (metadata, failure) -> {
                leave.run();
                if (failure == null) {
                    written.complete(null);
                } else {
                    written.completeExceptionally(failure);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            leave.run();
            written.completeExceptionally(e);
        }
        return written;
    }

    /** From now until the returned action ran, {@link #awaitQuiet} waits for this device's partition. */
    Runnable enter(DeviceId device) {
        AtomicInteger count = underWay.computeIfAbsent(partitions.of(device), none -> new AtomicInteger());
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

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closed = true;
        producer.close(Duration.ofSeconds(5));
    }
}
