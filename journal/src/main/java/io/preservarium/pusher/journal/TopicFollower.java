package io.preservarium.pusher.journal;

import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.RecordPlace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Reads every partition of some topics: what is there, up to end offsets fetched at the start, then what comes. Kafka and
 * the topics are waited for; an outage is said once and its end once; no record and no handler ends the reading.
 */
public final class TopicFollower implements AutoCloseable {

    /** What is done with the records; called by the follower's thread only. */
    public interface Handler {

        /** Reading starts, again after an outage: what the earlier reading left may be gone from the topics. */
        default void starts() {}

        Outcome handle(KafkaRecord record);

        /** Everything that was on the topics when the reading started has been handled; once for each start. */
        default void caughtUp() {}

        /** After each look at the topics since then, with records or without. */
        default void looked() {}
    }

    /** What became of a record. */
    public sealed interface Outcome {

        record Taken() implements Outcome {}

        /** It is none that can be used. */
        record Skipped(String why) implements Outcome {}
    }

    /** Who tells people; called by the follower's thread only. */
    public interface Listener {

        /** Said once for each outage. */
        void away(String why);

        /** Said once after an outage. */
        void back();

        void skipped(RecordPlace place, String why);

        /** The handler threw: at a record, which is stepped over, or at another step. */
        void failed(String step, Throwable failure);
    }

    /** Where reading starts. */
    public sealed interface Start {

        /** With the first record of each partition, every time. */
        record Beginning() implements Start {}

        /** Where the group's committed offsets say; {@code handled} is committed after each look that changed it. */
        record Committed(String group, Handled handled) implements Start {}
    }

    /** How far a reader has done what its records ask for. */
    @FunctionalInterface
    public interface Handled {
        Map<TopicPartition, OffsetAndMetadata> offsets();
    }

    /** What is read, from where, and how long Kafka is left alone after a failure. */
    public record Plan(String clientId, List<String> topics, Start start, Duration retryAfter) {
        public Plan {
            topics = List.copyOf(topics);
            if (topics.isEmpty()) {
                throw new IllegalArgumentException("there must be at least one topic but there was none");
            }
        }
    }

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LAST_COMMIT = Duration.ofSeconds(2);

    /** Looks without a record after which Kafka is asked whether it is there: five seconds. */
    private static final int QUIET_LOOKS = 25;

    private final KafkaSettings settings;
    private final Plan plan;
    private final Handler handler;
    private final Listener listener;
    private final ReadPositions positions = new ReadPositions();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile Optional<Consumer<byte[], byte[]>> consuming = Optional.empty();
    private volatile Optional<String> trouble = Optional.of("the topics have not been read yet");
    private volatile Optional<String> outage = Optional.empty();
    private volatile boolean isCaughtUp;

    private TopicFollower(KafkaSettings settings, Plan plan, Handler handler, Listener listener) {
        this.settings = settings;
        this.plan = plan;
        this.handler = handler;
        this.listener = listener;
        this.thread = Thread.ofPlatform().name(plan.clientId()).daemon().unstarted(this::follow);
    }

    /** Returns at once. */
    public static TopicFollower start(KafkaSettings settings, Plan plan, Handler handler, Listener listener) {
        TopicFollower follower = new TopicFollower(settings, plan, handler, listener);
        follower.thread.start();
        return follower;
    }

    /** How far the records have been handled. */
    public ReadPositions positions() {
        return positions;
    }

    /** Why not everything is read at the moment. */
    public Optional<String> trouble() {
        return trouble;
    }

    /** Why Kafka or a topic is away at the moment; empty also while there is still much to read. */
    public Optional<String> outage() {
        return outage;
    }

    /** Whether everything that was there when this reading started has been handled. */
    public boolean isCaughtUp() {
        return isCaughtUp;
    }

    private void follow() {
        while (isOpen()) {
            try (Consumer<byte[], byte[]> consumer = settings.openConsumer(plan.clientId(), own())) {
                consuming = Optional.of(consumer);
                if (isOpen()) {
                    read(consumer);
                }
            } catch (WakeupException | InterruptException e) {
                return;
            } catch (RuntimeException e) {
                // A KafkaException, or a setting that no client can be made with: the reading goes on when it is
                // mended.
                away(KafkaSettings.why(e));
                pause();
            } finally {
                consuming.ifPresent(consumer -> positions.assigned(consumer, Set.of()));
                consuming = Optional.empty();
            }
        }
    }

    private Map<String, Object> own() {
        Map<String, Object> own = new HashMap<>();
        own.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
        own.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
        if (plan.start() instanceof Start.Committed committed) {
            own.put(ConsumerConfig.GROUP_ID_CONFIG, committed.group());
        }
        return own;
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> all = partitions(consumer);
        consumer.assign(all);
        if (plan.start() instanceof Start.Beginning) {
            consumer.seekToBeginning(all);
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(all, ANSWER);
        isCaughtUp = false;
        trouble = Optional.of("the topics are still being read");
        contained("starting", handler::starts);
        Map<TopicPartition, OffsetAndMetadata> committed = Map.of();
        int quiet = 0;
        try {
            while (isOpen()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                records.forEach(this::handle);
                for (TopicPartition partition : all) {
                    positions.fetched(consumer, partition, consumer.position(partition, ANSWER), -1);
                }
                quiet = records.isEmpty() ? quiet + 1 : 0;
                if (quiet == 0) {
                    here();
                } else if (quiet >= QUIET_LOOKS) {
                    quiet = 0;
                    ask(consumer, all);
                }
                if (!isCaughtUp && positions.reached(ends)) {
                    isCaughtUp = true;
                    contained("having caught up", handler::caughtUp);
                    here();
                }
                if (isCaughtUp) {
                    contained("having looked", handler::looked);
                }
                committed = commit(consumer, committed);
            }
        } finally {
            if (!isOpen()) {
                commitLast(consumer);
            }
        }
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : plan.topics()) {
            var found = consumer.partitionsFor(topic, ANSWER);
            if (found.isEmpty()) {
                throw new KafkaException("Kafka lacks the topic " + topic);
            }
            found.forEach(info -> all.add(new TopicPartition(info.topic(), info.partition())));
        }
        return all;
    }

    private void handle(ConsumerRecord<byte[], byte[]> read) {
        KafkaRecord record = KafkaRecord.of(read);
        try {
            switch (handler.handle(record)) {
                case Outcome.Taken() -> {}
                case Outcome.Skipped(String why) -> listener.skipped(record.place(), why);
            }
        } catch (RuntimeException | StackOverflowError e) {
            listener.failed("record " + record.place(), e);
        }
    }

    private void contained(String name, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            listener.failed(name, e);
        }
    }

    /** A consumer says nothing of its own when Kafka is away: it only finds no records. */
    private void ask(Consumer<byte[], byte[]> consumer, List<TopicPartition> all) {
        try {
            consumer.endOffsets(all, ANSWER);
            here();
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            away(KafkaSettings.why(e));
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> commit(
            Consumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> before) {
        if (!(plan.start() instanceof Start.Committed start)) {
            return before;
        }
        Map<TopicPartition, OffsetAndMetadata> handled = start.handled().offsets();
        if (!handled.equals(before)) {
            consumer.commitSync(handled, ANSWER);
        }
        return handled;
    }

    private void commitLast(Consumer<byte[], byte[]> consumer) {
        if (plan.start() instanceof Start.Committed start) {
            try {
                consumer.commitSync(start.handled().offsets(), LAST_COMMIT);
            } catch (KafkaException e) {
                away("the last offsets are not committed: " + KafkaSettings.why(e));
            }
        }
    }

    private void away(String why) {
        boolean isNew = outage.isEmpty() && isOpen();
        trouble = Optional.of(why);
        outage = Optional.of(why);
        if (isNew) {
            listener.away(why);
        }
    }

    private void here() {
        if (isCaughtUp) {
            trouble = Optional.empty();
        }
        if (outage.isPresent()) {
            outage = Optional.empty();
            listener.back();
        }
    }

    private void pause() {
        try {
            var unused = closed.await(plan.retryAfter().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed.countDown();
        }
    }

    /** Returns when no handler runs any more, or after five seconds. */
    @Override
    public void close() {
        closed.countDown();
        consuming.ifPresent(Consumer::wakeup);
        try {
            thread.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
