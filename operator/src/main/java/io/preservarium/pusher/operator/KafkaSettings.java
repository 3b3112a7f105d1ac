package io.preservarium.pusher.operator;

import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;

/** What every Kafka client of the service shares: {@code kafka.*}, so KAFKA_SECURITY_PROTOCOL and the like reach each of them. */
@Singleton
final class KafkaSettings {

    private final Map<String, Object> shared;

    KafkaSettings(@Identifier("default-kafka-broker") Map<String, Object> shared) {
        this.shared = Map.copyOf(shared);
    }

    /** The shared settings with these on top. */
    Map<String, Object> with(Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>(shared);
        // One process tries one broker at most once a second; the client's default is twenty times as often.
        all.put("reconnect.backoff.max.ms", 1000);
        all.putAll(own);
        return all;
    }

    /** The innermost message: the outer ones only say that something failed. */
    static String why(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }
}
