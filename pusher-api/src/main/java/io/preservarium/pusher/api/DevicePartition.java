package io.preservarium.pusher.api;

import io.preservarium.pusher.command.DeviceId;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/** Where a device's records belong: murmur2 of the UTF-8 device id, as Kafka's own Java producer does it. */
final class DevicePartition {

    private DevicePartition() {}

    static byte[] key(DeviceId device) {
        return device.value().getBytes(StandardCharsets.UTF_8);
    }

    static int hash(DeviceId device) {
        return Utils.murmur2(key(device));
    }

    static int of(DeviceId device, int partitions) {
        return ofHash(hash(device), partitions);
    }

    static int ofHash(int hash, int partitions) {
        return Utils.toPositive(hash) % partitions;
    }
}
