package io.preservarium.pusher.delivery.book;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.delivery.DeliveryConfig;
import io.preservarium.pusher.delivery.DeliveryRecords;
import io.preservarium.pusher.delivery.SampleConfig;
import io.preservarium.pusher.delivery.Samples;
import io.preservarium.pusher.journal.ReadPositions;
import io.preservarium.pusher.journal.records.HomePartitions;
import io.preservarium.pusher.journal.records.RecordLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BookKeeperTest {

    private static final HomePartitions HOME = new HomePartitions(1);

    @TempDir
    Path folder;

    private final List<Place> toDecide = new ArrayList<>();
    private boolean decides;

    /** A new owner reads the status first; what falls due meanwhile must be there when it may decide. */
    @Test
    void aDeadlineThatPassesBeforeTheOwnerMayDecideIsToldAtItsFirstTickAfterwards() {
        DeliveryConfig config = SampleConfig.of(Map.of(
                "application-id", "app", "instance-id", "a", "state-dir", "unused", "owns-invalid-commands", "true"));
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "app");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        Instant[] now = {Samples.START};
        Clock clock = ((InstantSource) () -> now[0]).withZone(ZoneOffset.UTC);
        try (TopologyTestDriver driver = new TopologyTestDriver(
                BookTopology.of(config, parts(config, clock), (record, time) -> 0, () -> {}),
                settings,
                Samples.START)) {
            Command command = Samples.command(
                    "dev", "r1", Samples.START, Samples.START.plusSeconds(60), Optional.empty(), Optional.empty());
            driver.createInputTopic(config.topics().commands(), new ByteArraySerializer(), new ByteArraySerializer())
                    .pipeInput(new TestRecord<>(
                            "dev".getBytes(StandardCharsets.UTF_8), CommandJson.write(command), Samples.START));

            now[0] = Samples.START.plusSeconds(61);
            driver.advanceWallClockTime(Duration.ofSeconds(61));
            assertThat(toDecide).isEmpty();

            decides = true;
            driver.advanceWallClockTime(config.deadlineInterval());
            assertThat(toDecide).containsExactly(new Place(new DeviceId("dev"), 0));
        }
    }

    private BookParts parts(DeliveryConfig config, Clock clock) {
        return new BookParts(
                Samples.RULES,
                Protocol.COAP,
                "a",
                true,
                () -> false,
                DeliveryRecords.of(config.topics(), Samples.RULES, RecordLimits.STANDARD),
                HOME,
                new ReadPositions(),
                new HeldBooks(HOME),
                new ParserArrivals(() -> 0),
                new Listener(),
                partition -> {},
                clock);
    }

    private final class Listener implements BookListener {
        @Override
        public void mayGo(DeviceId device, boolean isNew) {}

        @Override
        public boolean decides(int partition) {
            return decides;
        }

        @Override
        public void unchecked(int partition) {}

        @Override
        public void queueIsFull(int partition) {}

        @Override
        public void toDecide(Place place) {
            toDecide.add(place);
        }

        @Override
        public void readBack(StatusEvent event) {}
    }
}
