package io.preservarium.pusher.api.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka producer that an event loop may call: a record for which there is no broker, no metadata or no room waits in a
 * line of its own, in order, at most so long. The producer behind it must have {@code max.block.ms} 0.
 */
final class NonBlockingProducer implements AutoCloseable {

    private static final Published TAKEN = new Published.Taken();
    private static final Duration TRY_AGAIN = Duration.ofMillis(20);

    private final Supplier<Producer<byte[], byte[]>> maker;
    private final Duration patience;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isTrying = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor thread;
    private volatile Optional<Producer<byte[], byte[]>> producer = Optional.empty();
    private volatile boolean closed;
    private volatile String hindrance = "no broker has been found yet";

    private record Waiting(
            ProducerRecord<byte[], byte[]> record, CompletableFuture<Published> published, long untilNanos) {}

    /** {@code maker} may fail with a {@link KafkaException}, as when a broker's name does not resolve; it is asked again. */
    NonBlockingProducer(String name, Supplier<Producer<byte[], byte[]>> maker, Duration patience) {
        this.maker = maker;
        this.patience = patience;
        this.thread = new ScheduledThreadPoolExecutor(
                1,
                task -> Thread.ofPlatform().name(name).daemon().unstarted(task),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Looks for the brokers before the first record comes. */
    void start() {
        tryLater(Duration.ZERO);
    }

    /** Never blocks and never fails exceptionally. */
    CompletableFuture<Published> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<Published> published = new CompletableFuture<>();
        if (!waiting.isEmpty() || !tried(record, published)) {
            waiting.add(new Waiting(record, published, System.nanoTime() + patience.toNanos()));
            tryLater(TRY_AGAIN);
            if (closed) {
                failWaiting();
            }
        }
        return published;
    }

    /** Whether the producer took it, or refused it for good. */
    private boolean tried(ProducerRecord<byte[], byte[]> record, CompletableFuture<Published> published) {
        if (producer.isEmpty()) {
            return false;
        }
        Attempt attempt = new Attempt(Thread.currentThread(), published);
        try {
            var unused = producer.get().send(record, attempt);
        } catch (KafkaException | IllegalStateException e) {
            published.complete(new Published.Failed(Published.Outcome.NOT_SENT, KafkaLink.why(e)));
        }
        attempt.refusal.ifPresent(why -> hindrance = why);
        return attempt.refusal.isEmpty();
    }

    private static final class Attempt implements Callback {
        private final Thread caller;
        private final CompletableFuture<Published> published;
        private Optional<String> refusal = Optional.empty();

        private Attempt(Thread caller, CompletableFuture<Published> published) {
            this.caller = caller;
            this.published = published;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure == null) {
                published.complete(TAKEN);
                return;
            }
            // On the caller's thread, send has not returned: nothing has left, and a timeout is about metadata or room.
            boolean handedOver = Thread.currentThread() != caller;
            if (!handedOver && failure instanceof TimeoutException) {
                refusal = Optional.of(KafkaLink.why(failure));
            } else {
                published.complete(new Published.Failed(outcome(failure, handedOver), KafkaLink.why(failure)));
            }
        }
    }

    /** Of what was handed over only the broker's plain refusals are sure; an expired batch may have been written without its answer arriving. */
    private static Published.Outcome outcome(Exception failure, boolean handedOver) {
        boolean refused = failure instanceof RecordTooLargeException
                || failure instanceof InvalidTopicException
                || failure instanceof AuthorizationException;
        return handedOver && !refused ? Published.Outcome.UNKNOWN : Published.Outcome.NOT_SENT;
    }

    private void tryLater(Duration delay) {
        if (!isTrying.getAndSet(true)) {
            var unused = thread.schedule(this::tryWaiting, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void tryWaiting() {
        isTrying.set(false);
        try {
            make();
            Waiting first = waiting.peek();
            while (first != null && leaves(first)) {
                waiting.remove(first);
                first = waiting.peek();
            }
        } finally {
            if (!waiting.isEmpty()) {
                tryLater(TRY_AGAIN);
            }
        }
    }

    private boolean leaves(Waiting first) {
        if (tried(first.record(), first.published())) {
            return true;
        }
        return System.nanoTime() - first.untilNanos() >= 0
                && first.published()
                        .complete(new Published.Failed(
                                Published.Outcome.NOT_SENT,
                                "no room in Kafka within " + patience.toMillis() + " ms: " + hindrance));
    }

    private void make() {
        if (producer.isEmpty()) {
            try {
                producer = Optional.of(maker.get());
            } catch (KafkaException e) {
                hindrance = KafkaLink.why(e);
            }
        }
    }

    private void failWaiting() {
        for (Waiting left = waiting.poll(); left != null; left = waiting.poll()) {
            left.published().complete(new Published.Failed(Published.Outcome.NOT_SENT, "this service is stopping"));
        }
    }

    /** Waits for what was handed over. */
    @Override
    public void close() {
        closed = true;
        thread.shutdownNow();
        failWaiting();
        producer.ifPresent(open -> open.close(patience.multipliedBy(2)));
    }
}
