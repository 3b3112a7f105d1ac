package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.DeviceId;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import org.apache.kafka.common.utils.Utils;

/** Which partition a device belongs to: Java murmur2 of the UTF-8 device id, over one partition count for life. */
final class Partitions {

    private final IntSupplier count;

    Partitions(IntSupplier count) {
        this.count = count;
    }

    int of(DeviceId device) {
        return Utils.toPositive(Utils.murmur2(device.value().getBytes(StandardCharsets.UTF_8))) % count.getAsInt();
    }
}
