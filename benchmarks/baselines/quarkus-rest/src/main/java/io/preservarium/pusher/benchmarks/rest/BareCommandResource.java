package io.preservarium.pusher.benchmarks.rest;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Takes any body, produces it with the settings of pusher-api's producer, and answers after the broker's acknowledgement. */
@Startup
@Singleton
@Path("/api/v1/commands")
public class BareCommandResource {

    private static final int KEYS = 1_000;
    private static final String ANSWER =
            "{\"success\":true,\"request_id\":\"01996c3e-0000-7000-8000-000000000000\",\"message\":\"accepted\",\"timestamp\":\"2026-11-21T01:52:00.123Z\"}";

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;

    BareCommandResource(
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            @ConfigProperty(name = "bench.topic") String topic) {
        this.topic = topic;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        "enable.idempotence",
                        true,
                        "linger.ms",
                        1,
                        "compression.type",
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.partitionsFor(topic); // so that no request waits for it
    }

    /** Keys as of many devices: without one, all records of a moment would share a batch, which commands cannot. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public CompletionStage<String> take(byte[] body) {
        byte[] key = ("device-" + ThreadLocalRandom.current().nextInt(KEYS)).getBytes(StandardCharsets.UTF_8);
        CompletableFuture<String> answer = new CompletableFuture<>();
        producer.send(new ProducerRecord<>(topic, key, body), (metadata, failure) -> {
            if (failure == null) {
                answer.complete(ANSWER);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    void onShutdown(@Observes ShutdownEvent shutdown) {
        producer.close();
    }
}
