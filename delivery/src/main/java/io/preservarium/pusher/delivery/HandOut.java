package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.ParserVersion;
import java.util.List;
import java.util.Map;

/** What a device gets when its turn comes. */
public sealed interface HandOut {

    /**
     * Send these bytes, and say how it went by {@link Delivery#sent}, {@link Delivery#notSent} or {@link
     * Delivery#refused}. The attempt is recorded in Kafka already.
     *
     * @param warnings what the script wants people to know
     * @param delivery what the script said about delivery, such as {@code f_port}
     */
    record Offer(
            Command command,
            int attempt,
            byte[] bytes,
            ParserVersion parser,
            Map<String, Object> delivery,
            List<String> warnings)
            implements HandOut {}

    /** The exchange was answered before, with these bytes, and gets them again; nothing is to be told about it. */
    record Again(byte[] bytes) implements HandOut {}

    /** There is nothing to send now; the uplink, if one came along, is in Kafka. */
    record Nothing() implements HandOut {}

    /** Commands may be waiting but must not be handed out by this process now; the uplink, if one came along, is in Kafka. */
    record NotReady(String why) implements HandOut {}

    /** The uplink did not get into Kafka, so the device must keep it. No command was handed out. */
    record NotRecorded(String why) implements HandOut {}

    /** The uplink is larger than Kafka will ever take. No command was handed out. */
    record TooLarge(String why) implements HandOut {}
}
