package io.preservarium.pusher.api.kafka;

import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.wire.CommandRecord;
import io.preservarium.pusher.command.wire.RecordLimit;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.records.CancellationRecords;
import io.preservarium.pusher.journal.records.CommandRecords;
import io.preservarium.pusher.journal.records.Origin;
import io.preservarium.pusher.journal.records.RecordLimits;
import io.preservarium.pusher.journal.records.ScriptRecords;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Puts commands and cancellations, keyed by device, and parser scripts into Kafka, and says which of them are there. */
@Singleton
public final class CommandPublisher {

    private final KafkaSettings settings;
    private final CommandRecords commands;
    private final CancellationRecords cancellations;
    private final Duration timeout;
    private final Duration patience;
    private final NonBlockingProducer producer;

    CommandPublisher(KafkaSettings settings, ApiConfig config) {
        this.settings = settings;
        this.commands = new CommandRecords(config.topics().commands(), config.expiryRule(), RecordLimits.STANDARD);
        this.cancellations = new CancellationRecords(config.topics().cancellations(), RecordLimits.STANDARD);
        this.timeout = config.producerTimeout();
        this.patience = timeout.dividedBy(2);
        this.producer = new NonBlockingProducer("commands-waiting-for-kafka", this::make, patience);
    }

    /** Looks for the brokers before the first command comes. */
    public void start() {
        producer.start();
    }

    /** Never blocks; the answer comes with the broker's, or when none was to be had in time. */
    public CompletableFuture<Published> publish(CommandRecord.Readable readable, Instant acceptedAt) {
        return producer.send(commands.write(readable, Origin.REST, acceptedAt));
    }

    /** The record as every reader of the topic will read it, or why there would be none. */
    public CommandRecord record(Command command, Map<String, String> headers, Instant acceptedAt) {
        return CommandRecord.of(command, headers, acceptedAt, commands.expiry(), RecordLimit.STANDARD);
    }

    /** Like {@link #publish}, for the request that a command not be done. */
    public CompletableFuture<Published> publish(Cancellation cancellation) {
        return producer.send(cancellations.write(cancellation, Origin.REST));
    }

    /** Like {@link #publish}. */
    public CompletableFuture<Published> send(ProducerRecord<byte[], byte[]> record) {
        return producer.send(record);
    }

    private Producer<byte[], byte[]> make() {
        return settings.openProducer(
                "pusher-api-commands",
                Map.of(
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        ScriptRecords.LARGEST.maxRecordBytes(),
                        // While one batch is on its way the next one fills.
                        ProducerConfig.LINGER_MS_CONFIG,
                        0,
                        ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                        2,
                        // Batches of a record or two: compressing them costs more than it saves.
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "none",
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        0,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        (int) patience.toMillis(),
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        (int) timeout.toMillis()));
    }

    /** Waits for the broker's answer no longer than the producer itself does, plus a little. */
    public Published await(CompletableFuture<Published> published) throws InterruptedException {
        try {
            return published.get(patience.plus(timeout).plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            return new Published.Failed(
                    Published.Outcome.UNKNOWN, "Kafka did not answer within " + timeout.toMillis() + " ms");
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("publishing never fails exceptionally", e);
        }
    }

    @PreDestroy
    public void close() {
        producer.close();
    }
}
