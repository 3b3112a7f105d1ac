package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.DeviceId;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * Which partition a device's records belong to: Java murmur2 of the UTF-8 device id over one partition count for life.
 * librdkafka's clients partition by another hash unless told otherwise.
 */
public record HomePartitions(int count) {

    public HomePartitions {
        if (count < 1) {
            throw new IllegalArgumentException("the partition count must be at least 1 but was " + count);
        }
    }

    /** The key of every record about a device. */
    public static byte[] key(DeviceId device) {
        return device.value().getBytes(StandardCharsets.UTF_8);
    }

    public static int hash(DeviceId device) {
        return Utils.murmur2(key(device));
    }

    public int of(DeviceId device) {
        return ofHash(hash(device));
    }

    public int ofHash(int hash) {
        return Utils.toPositive(hash) % count;
    }

    public boolean isHome(DeviceId device, RecordPlace place) {
        return of(device) == place.partition();
    }
}
