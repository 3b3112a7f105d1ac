package io.preservarium.pusher.operator.command;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.wire.CommandRecord;
import io.preservarium.pusher.command.wire.RecordLimit;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.records.CancellationRecords;
import io.preservarium.pusher.journal.records.CommandRecords;
import io.preservarium.pusher.journal.records.Origin;
import io.preservarium.pusher.journal.records.RecordLimits;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** Puts commands and cancellations into Kafka, and comes back when every in-sync replica has them. */
@Singleton
public class CommandPublisher {

    static final Origin ORIGIN = Origin.KUBERNETES;

    /** What became of a record. */
    public sealed interface Publication {
        record Acknowledged() implements Publication {}

        /** Kafka did not say that it has it; it may have. */
        record Unconfirmed(String why) implements Publication {}

        /** No broker or no reader would take it, now or later. */
        record Refused(String why) implements Publication {}
    }

    private final KafkaSettings settings;
    private final CommandRecords commands;
    private final CancellationRecords cancellations;
    private final Duration timeout;
    private Optional<Producer<byte[], byte[]>> producer = Optional.empty();
    private boolean closed;

    public CommandPublisher(KafkaSettings settings, OperatorConfig config) {
        this.settings = settings;
        this.commands = new CommandRecords(config.topics().commands(), config.expiryRule(), RecordLimits.STANDARD);
        this.cancellations = new CancellationRecords(config.topics().cancellations(), RecordLimits.STANDARD);
        this.timeout = config.producerTimeout();
    }

    public Publication publish(Command command, Instant now) throws InterruptedException {
        return switch (CommandRecord.of(command, Map.of(), now, commands.expiry(), RecordLimit.STANDARD)) {
            case CommandRecord.Readable readable -> send(commands.write(readable, ORIGIN, now));
            case CommandRecord.Refused refused -> new Publication.Refused(refused.message());
        };
    }

    public Publication publish(Cancellation cancellation) throws InterruptedException {
        return send(cancellations.write(cancellation, ORIGIN));
    }

    private Publication send(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
        try {
            var ignored = producer().send(record).get(timeout.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
            return new Publication.Acknowledged();
        } catch (KafkaException | IllegalStateException | ExecutionException e) {
            return new Publication.Unconfirmed(KafkaSettings.why(e));
        } catch (TimeoutException e) {
            return new Publication.Unconfirmed("no answer within " + timeout.toMillis() + " ms");
        }
    }

    /** Made late and again until it works: a broker whose name does not resolve yet must not stop the start. */
    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) {
            throw new IllegalStateException("this service is stopping");
        }
        if (producer.isEmpty()) {
            int all = (int) timeout.toMillis();
            producer = Optional.of(settings.openProducer(
                    "pusher-operator-commands",
                    Map.of(
                            ProducerConfig.LINGER_MS_CONFIG,
                            1,
                            ProducerConfig.COMPRESSION_TYPE_CONFIG,
                            "lz4",
                            ProducerConfig.MAX_BLOCK_MS_CONFIG,
                            all / 2,
                            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                            all / 2,
                            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                            all)));
        }
        return producer.get();
    }

    @PreDestroy
    public synchronized void close() {
        closed = true;
        producer.ifPresent(open -> open.close(timeout));
    }
}
