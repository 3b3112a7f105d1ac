package io.preservarium.pusher.delivery.streams;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.delivery.DeliveryConfig;
import io.preservarium.pusher.delivery.book.HeldBooks;
import io.preservarium.pusher.delivery.book.HeldBooks.Assignment;
import io.preservarium.pusher.delivery.schedule.Ownership;
import io.preservarium.pusher.journal.ReadPositions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Whether this process may hand out the commands of a partition: it holds it, it has read the status and the
 * cancellations up to end offsets fetched after the assignment, the parsers are listed and the coordinator answers.
 */
final class PartitionOwnership implements Ownership {

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

    private final Admin admin;
    private final List<String> topics;
    private final HeldBooks books;
    private final ReadPositions positions;
    private final CoordinatorPulse pulse;
    private final BooleanSupplier parsersListed;
    private final Map<Assignment, Map<TopicPartition, Long>> targets = new HashMap<>();
    private final Set<Assignment> caughtUp = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean turnedAway = new AtomicBoolean();

    PartitionOwnership(
            Admin admin,
            ReadPositions positions,
            DeliveryConfig.Topics topics,
            HeldBooks books,
            CoordinatorPulse pulse,
            BooleanSupplier parsersListed) {
        this.admin = admin;
        this.positions = positions;
        this.topics = List.of(topics.status(), topics.cancellations());
        this.books = books;
        this.pulse = pulse;
        this.parsersListed = parsersListed;
    }

    /** Looks at the partitions that are not ready yet, and gives back those that became so. Blocks on Kafka; for one background thread. */
    List<Integer> check() {
        Set<Assignment> held = books.held();
        caughtUp.retainAll(held);
        targets.keySet().retainAll(held);
        List<Assignment> fresh = new ArrayList<>(held);
        fresh.removeAll(caughtUp);
        if (fresh.isEmpty()) {
            return List.of();
        }
        List<Assignment> unknown = new ArrayList<>(fresh);
        unknown.removeAll(targets.keySet());
        if (!unknown.isEmpty()) {
            fetchTargets(unknown);
        }
        List<Integer> ready = new ArrayList<>();
        for (Assignment assignment : fresh) {
            Map<TopicPartition, Long> goal = targets.get(assignment);
            if (goal != null && positions.reached(goal)) {
                caughtUp.add(assignment);
                targets.remove(assignment);
                ready.add(assignment.partition());
            }
        }
        return ready;
    }

    private void fetchTargets(List<Assignment> assignments) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (Assignment assignment : assignments) {
            for (String topic : topics) {
                latest.put(new TopicPartition(topic, assignment.partition()), OffsetSpec.latest());
            }
        }
        try {
            Map<TopicPartition, Long> ends = offsets(latest);
            for (Assignment assignment : assignments) {
                Map<TopicPartition, Long> goal = new HashMap<>(ends);
                goal.keySet().removeIf(partition -> partition.partition() != assignment.partition());
                targets.put(assignment, goal);
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            // Not ready, and asked again at the next check.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetSpec> wanted)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    @Override
    public Optional<String> notReady(DeviceId device) {
        Optional<Assignment> assignment = books.of(device);
        if (assignment.isEmpty()) {
            return Optional.of("the device's partition is not held here");
        }
        if (!caughtUp.contains(assignment.get())) {
            return Optional.of("the status of earlier attempts is still being read");
        }
        Optional<String> why = notReadyAtAll();
        if (why.isPresent()) {
            turnedAway.set(true);
        }
        return why;
    }

    @Override
    public boolean isReady(int partition) {
        return books.held().stream()
                        .filter(assignment -> assignment.partition() == partition)
                        .anyMatch(caughtUp::contains)
                && notReadyAtAll().isEmpty();
    }

    /** Whether somebody was turned away since the last call for a reason that may be over before anybody looks. */
    boolean turnedAway() {
        return turnedAway.getAndSet(false);
    }

    @Override
    public Optional<Long> generation(DeviceId device) {
        return books.of(device).map(Assignment::generation);
    }

    private Optional<String> notReadyAtAll() {
        if (!parsersListed.getAsBoolean()) {
            return Optional.of("the parser scripts are still being loaded");
        }
        return pulse.isFresh() ? Optional.empty() : Optional.of("Kafka's group coordinator does not answer");
    }

    /** Empty when every held partition is ready and there is at least one. */
    Optional<String> notReadyBecause() {
        Set<Assignment> held = books.held();
        if (held.isEmpty()) {
            return Optional.of("no partition of the command topic is assigned to this replica yet");
        }
        return caughtUp.containsAll(held)
                ? notReadyAtAll()
                : Optional.of("the status of earlier attempts is still being read");
    }
}
