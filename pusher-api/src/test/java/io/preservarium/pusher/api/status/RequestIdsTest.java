package io.preservarium.pusher.api.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.journal.records.HomePartitions;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class RequestIdsTest {

    private static final Instant NOW = Instant.parse("2026-11-21T01:52:00.123Z");
    private final RequestIds ids = new RequestIds(Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void madeIdIsAUuidOfVersionSevenWithItsTimeAndItsDevice() {
        DeviceId device = new DeviceId("sensor-äß-1");
        RequestId id = ids.forDevice(device);
        UUID uuid = UUID.fromString(id.value());
        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
        assertThat(uuid.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
        assertThat(RequestIds.deviceHash(id))
                .hasValue(Utils.murmur2(device.value().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void idsOfOneDeviceInOneMillisecondDiffer() {
        Set<RequestId> made = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            made.add(ids.forDevice(new DeviceId("d")));
        }
        assertThat(made).hasSize(10_000);
    }

    @Test
    void onlyVersionSevenCarriesAHint() {
        assertThat(RequestIds.deviceHash(new RequestId("order-17"))).isEmpty();
        assertThat(RequestIds.deviceHash(RequestIds.forKey("anonymous", "k"))).isEmpty();
        assertThat(RequestIds.deviceHash(new RequestId(UUID.randomUUID().toString())))
                .isEmpty();
    }

    @Test
    void aKeyMakesTheSameIdForEverAndAnotherOneForAnotherCaller() {
        assertThat(RequestIds.forKey("anonymous", "order-17"))
                .isEqualTo(new RequestId("507a8149-97d4-5f8f-b7f2-dfdfb0244922"))
                .isNotEqualTo(RequestIds.forKey("anonymous", "order-18"))
                .isNotEqualTo(RequestIds.forKey("billing", "order-17"));
    }

    @Test
    void aDeviceIsWhereKafkasOwnProducerPutsIt() {
        // From kafka-clients' own tests of murmur2.
        assertThat(HomePartitions.hash(new DeviceId("21"))).isEqualTo(-973932308);
        assertThat(HomePartitions.hash(new DeviceId("foobar"))).isEqualTo(-790332482);
        assertThat(new HomePartitions(8).of(new DeviceId("21"))).isEqualTo((-973932308 & 0x7fffffff) % 8);
    }
}
