package io.preservarium.pusher.benchmarks.load;

import io.preservarium.pusher.command.wire.Topics;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How far a connector has taken the command topic in: its committed offsets follow its store. */
public final class Intake implements AutoCloseable {

    private final Admin admin;
    private final List<TopicPartition> partitions;

    public Intake(String bootstrapServers) throws IOException, InterruptedException {
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        try {
            partitions = admin.describeTopics(List.of(Topics.COMMANDS)).allTopicNames().get().values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .map(partition -> new TopicPartition(Topics.COMMANDS, partition.partition()))
                    .toList();
        } catch (ExecutionException e) {
            admin.close();
            throw new IOException("the command topic is not there", e.getCause());
        }
    }

    /** How many records of the topic the connector of that name has not taken in yet. */
    public long behind(String connector) throws IOException, InterruptedException {
        try {
            Map<TopicPartition, Long> committed = committed(connector);
            return admin
                    .listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())))
                    .all()
                    .get()
                    .entrySet()
                    .stream()
                    .mapToLong(end -> end.getValue().offset() - committed.getOrDefault(end.getKey(), 0L))
                    .sum();
        } catch (ExecutionException e) {
            throw new IOException("Kafka did not tell the offsets of " + connector, e.getCause());
        }
    }

    /** Its consumer group starts with its name; what follows says how its store is laid out. */
    private Map<TopicPartition, Long> committed(String connector) throws InterruptedException, ExecutionException {
        List<String> groups = admin.listConsumerGroups().all().get().stream()
                .map(ConsumerGroupListing::groupId)
                .filter(group -> group.startsWith(connector))
                .toList();
        for (String group : groups) {
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            if (offsets.keySet().stream().anyMatch(partitions::contains)) {
                return offsets.entrySet().stream()
                        .filter(entry -> partitions.contains(entry.getKey()))
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().offset()));
            }
        }
        return Map.of();
    }

    @Override
    public void close() {
        admin.close();
    }
}
