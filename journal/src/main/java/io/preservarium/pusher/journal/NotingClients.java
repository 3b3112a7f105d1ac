package io.preservarium.pusher.journal;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * The usual clients of Kafka Streams, but the main consumer notes how far it is, past transaction markers too, and under
 * which member id it is in the group; it gives some topics their turn however much of the others there is to read, and
 * reads nothing more from a partition for as long as it is told to pause.
 */
public final class NotingClients implements KafkaClientSupplier {

    /** How fast what is not urgent is read. Called by the threads that read. */
    public interface Pace {

        /**
         * Nanoseconds for which nothing more is to be read from a partition; asked before each poll, so each pause is to
         * be told once.
         */
        long takePause(TopicPartition partition);

        /**
         * So many records of what is not urgent were still to be read by this reader after a poll, without those of
         * partitions that pause.
         */
        void behind(Object reader, long records);
    }

    /** As fast as it goes. */
    private static final Pace UNPACED = new Pace() {
        @Override
        public long takePause(TopicPartition partition) {
            return 0;
        }

        @Override
        public void behind(Object reader, long records) {
            // Nobody asks.
        }
    };

    private final ReadPositions positions;
    private final Set<String> urgent;
    private final Pace pace;
    private final Map<String, String> memberIds = new ConcurrentHashMap<>();

    public NotingClients(ReadPositions positions) {
        this(positions, Set.of(), UNPACED);
    }

    /** @param urgent topics that a poll looks into alone first when the one before brought something of the others */
    public NotingClients(ReadPositions positions, Set<String> urgent, Pace pace) {
        this.positions = positions;
        this.urgent = Set.copyOf(urgent);
        this.pace = pace;
    }

    /** The member ids of this process in the group; an empty one belongs to a consumer that has not joined. */
    public Collection<String> memberIds() {
        return List.copyOf(memberIds.values());
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new NotingConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private final class NotingConsumer extends KafkaConsumer<byte[], byte[]> {

        private final String clientId;
        /** Held back by one poll, and by nobody else. */
        private final Set<TopicPartition> heldBack = new HashSet<>();

        /** Until when, by {@link System#nanoTime}, nothing more is read from a partition. */
        private final Map<TopicPartition, Long> pausedUntil = new HashMap<>();

        /** The last poll brought something that urgent records must not wait for. */
        private boolean isBusy;

        private NotingConsumer(Map<String, Object> config) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            this.clientId = String.valueOf(config.get(ConsumerConfig.CLIENT_ID_CONFIG));
            memberIds.put(clientId, "");
        }

        /**
         * Once records were fetched nothing may throw: they count as read then, and would be lost. So whatever may fail is
         * asked before.
         */
        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            noteHowFar();
            ConsumerRecords<byte[], byte[]> records = isBusy ? pollUrgent() : ConsumerRecords.empty();
            if (records.isEmpty()) {
                records = pollWithPauses(timeout);
                isBusy = records.partitions().stream().anyMatch(partition -> !urgent.contains(partition.topic()));
            } else {
                isBusy = false;
            }
            memberIds.put(clientId, groupMetadata().memberId());
            positions.assigned(this, assignment());
            noteFetched(records);
            return records;
        }

        /**
         * What was fetched of one partition is given out to the last record before that of another, so a backlog would
         * come before what was fetched after it.
         */
        private ConsumerRecords<byte[], byte[]> pollUrgent() {
            if (urgent.isEmpty()) {
                return ConsumerRecords.empty();
            }
            heldBack.addAll(assignment());
            heldBack.removeIf(partition -> urgent.contains(partition.topic()));
            return pollAllBut(Duration.ZERO);
        }

        private ConsumerRecords<byte[], byte[]> pollWithPauses(Duration timeout) {
            long now = System.nanoTime();
            for (TopicPartition partition : assignment()) {
                long more = pace.takePause(partition);
                if (more > 0) {
                    pausedUntil.put(partition, now + more);
                }
            }
            pausedUntil.values().removeIf(until -> until - now <= 0);
            if (pausedUntil.isEmpty()) {
                return super.poll(timeout);
            }
            heldBack.addAll(pausedUntil.keySet());
            heldBack.retainAll(assignment());
            long next = pausedUntil.values().stream()
                    .mapToLong(until -> until - now)
                    .min()
                    .orElseThrow();
            return pollAllBut(next < timeout.toNanos() ? Duration.ofNanos(next) : timeout);
        }

        /** Without what is held back. */
        private ConsumerRecords<byte[], byte[]> pollAllBut(Duration timeout) {
            heldBack.removeAll(paused());
            super.pause(heldBack);
            try {
                return super.poll(timeout);
            } finally {
                heldBack.retainAll(assignment());
                super.resume(heldBack);
                heldBack.clear();
            }
        }

        /** What Kafka Streams pauses while a poll brings a new assignment stays paused. */
        @Override
        public void pause(Collection<TopicPartition> partitions) {
            heldBack.removeAll(partitions);
            super.pause(partitions);
        }

        @Override
        public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
            super.subscribe(topics, new Forgetting(listener));
        }

        @Override
        public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
            super.subscribe(pattern, new Forgetting(listener));
        }

        /** A partition that goes and comes back within one poll is another assignment. */
        private final class Forgetting implements ConsumerRebalanceListener {

            private final ConsumerRebalanceListener then;

            private Forgetting(ConsumerRebalanceListener then) {
                this.then = then;
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                positions.forget(NotingConsumer.this, partitions);
                then.onPartitionsAssigned(partitions);
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                positions.forget(NotingConsumer.this, partitions);
                then.onPartitionsRevoked(partitions);
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                positions.forget(NotingConsumer.this, partitions);
                then.onPartitionsLost(partitions);
            }
        }

        @Override
        public void close() {
            memberIds.remove(clientId);
            positions.assigned(this, Set.of());
            pace.behind(this, 0);
            super.close();
        }

        /**
         * How far the polls before came, past transaction markers too. May throw what a poll may, such as
         * NoOffsetForPartitionException for a partition that this group never committed.
         */
        private void noteHowFar() {
            long behind = 0;
            for (TopicPartition partition : assignment()) {
                try {
                    positions.fetched(this, partition, position(partition, Duration.ZERO), -1);
                } catch (TimeoutException e) {
                    // No position yet, so nothing was fetched either; the next poll will know.
                    continue;
                }
                if (!urgent.contains(partition.topic()) && !pausedUntil.containsKey(partition)) {
                    behind += currentLag(partition).orElse(0);
                }
            }
            pace.behind(this, behind);
        }

        private void noteFetched(ConsumerRecords<byte[], byte[]> records) {
            records.nextOffsets().forEach((partition, next) -> {
                List<ConsumerRecord<byte[], byte[]>> read = records.records(partition);
                positions.fetched(
                        this,
                        partition,
                        next.offset(),
                        read.isEmpty() ? -1 : read.getLast().offset());
            });
        }
    }
}
