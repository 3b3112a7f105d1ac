package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** The book as Kafka Streams keeps it; partitions that are not (or no longer) here read as absent. */
final class StreamsView implements WaitingView {

    private final KafkaStreams streams;
    private final Partitions partitions;
    private final Positions positions;

    StreamsView(KafkaStreams streams, Partitions partitions, Positions positions) {
        this.streams = streams;
        this.partitions = partitions;
        this.positions = positions;
    }

    @Override
    public Optional<List<WaitingCommand>> of(DeviceId device) {
        List<WaitingCommand> waiting = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> range =
                store(partitions.of(device)).range(StoreFormat.firstOf(device), StoreFormat.lastOf(device))) {
            while (range.hasNext()) {
                KeyValue<Bytes, byte[]> entry = range.next();
                waiting.add(StoreFormat.readWaiting(entry.value));
            }
            return Optional.of(waiting);
        } catch (InvalidStateStoreException e) {
            return Optional.empty();
        }
    }

    @Override
    public void forEachDevice(Consumer<DeviceId> action) {
        for (Positions.Assignment assignment : positions.held()) {
            Optional<Bytes> from = Optional.of(StoreFormat.firstWaiting());
            while (from.isPresent()) {
                Optional<DeviceId> device = firstDevice(assignment.partition(), from.get());
                device.ifPresent(action);
                from = device.map(StoreFormat::afterAllOf);
            }
        }
    }

    private Optional<DeviceId> firstDevice(int partition, Bytes from) {
        try (KeyValueIterator<Bytes, byte[]> range = store(partition).range(from, StoreFormat.endOfWaiting())) {
            return range.hasNext()
                    ? Optional.of(range.peekNextKey())
                            .filter(StoreFormat::isWaitingKey)
                            .map(StoreFormat::deviceOf)
                    : Optional.empty();
        } catch (InvalidStateStoreException e) {
            return Optional.empty();
        }
    }

    private ReadOnlyKeyValueStore<Bytes, byte[]> store(int partition) {
        return streams.store(StoreQueryParameters.fromNameAndType(
                        WaitingCommands.STORE, QueryableStoreTypes.<Bytes, byte[]>keyValueStore())
                .withPartition(partition));
    }
}
