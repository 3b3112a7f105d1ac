package io.preservarium.pusher.api.kafka;

import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.journal.EndOffsets;
import io.preservarium.pusher.journal.KafkaSettings;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Questions to Kafka itself: is it there, does it have the topics, how long are they at this moment. */
@Singleton
public final class KafkaLink {

    public static final Duration PATIENCE = Duration.ofSeconds(3);

    private final KafkaSettings settings;
    private final List<String> topics;
    private Optional<Admin> admin = Optional.empty();
    private volatile boolean closed;

    KafkaLink(KafkaSettings settings, ApiConfig config) {
        this.settings = settings;
        this.topics = config.topics().all();
    }

    /** Looks now. */
    public KafkaState look() throws InterruptedException {
        Map<String, Integer> counts = new TreeMap<>();
        List<String> missing = new ArrayList<>();
        try {
            Map<String, KafkaFuture<TopicDescription>> described =
                    admin().describeTopics(topics).topicNameValues();
            for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : described.entrySet()) {
                try {
                    counts.put(
                            topic.getKey(),
                            topic.getValue()
                                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                                    .partitions()
                                    .size());
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                        return new KafkaState.Away(why(e));
                    }
                    missing.add(topic.getKey());
                }
            }
        } catch (KafkaException | TimeoutException e) {
            return new KafkaState.Away(why(e));
        }
        if (!missing.isEmpty()) {
            return new KafkaState.Missing(
                    topics.stream().filter(missing::contains).toList());
        }
        return counts.values().stream().distinct().count() == 1
                ? new KafkaState.Ready(counts.values().iterator().next())
                : new KafkaState.Unequal(counts.toString());
    }

    /** The offset of the next record in this partition, as it is now. */
    public CompletionStage<Long> endOffset(TopicPartition partition) {
        return endOffsets(List.of(partition)).thenApply(ends -> ends.getOrDefault(partition, Long.MAX_VALUE));
    }

    public CompletionStage<Map<TopicPartition, Long>> endOffsets(Collection<TopicPartition> partitions) {
        try {
            return EndOffsets.committed(admin(), partitions);
        } catch (KafkaException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Made late and again until it works: a broker whose name does not resolve yet must not stop the start. */
    private synchronized Admin admin() {
        if (closed) {
            throw new KafkaException("this service is stopping");
        }
        if (admin.isEmpty()) {
            Map<String, Object> own = settings.admin("pusher-api-admin");
            own.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
            own.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
            admin = Optional.of(Admin.create(own));
        }
        return admin.get();
    }

    /** The innermost message: the outer ones only say that something failed. */
    public static String why(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        if (message == null || message.isBlank()) {
            return cause instanceof TimeoutException
                    ? "no answer in time"
                    : cause.getClass().getSimpleName();
        }
        return message;
    }

    @PreDestroy
    public void close() {
        closed = true;
        synchronized (this) {
            admin.ifPresent(open -> open.close(Duration.ofSeconds(1)));
        }
    }
}
