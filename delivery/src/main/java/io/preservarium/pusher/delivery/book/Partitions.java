package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.DeviceId;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import org.apache.kafka.common.utils.Utils;

/** Which partition a device belongs to: Java murmur2 of the UTF-8 device id, over one partition count for life. */
public final class Partitions {

    private final IntSupplier count;

    public Partitions(IntSupplier count) {
        this.count = count;
    }

    public int of(DeviceId device) {
        return Utils.toPositive(Utils.murmur2(device.value().getBytes(StandardCharsets.UTF_8))) % count.getAsInt();
    }
}
