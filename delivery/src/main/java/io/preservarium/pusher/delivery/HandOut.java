package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.ParserVersion;
import java.util.Map;

/** What a device gets when its turn comes. */
public sealed interface HandOut {

    /**
     * Send these bytes, and say how it went by {@link Delivery#sent}, {@link Delivery#notSent} or {@link
     * Delivery#refused}. The attempt is recorded in Kafka already.
     *
     * @param delivery what the script said about delivery, such as {@code f_port}
     */
    record Offer(Command command, int attempt, byte[] bytes, ParserVersion parser, Map<String, Object> delivery)
            implements HandOut {}

    /** There is nothing to send now; the uplink, if one came along, is in Kafka. */
    record Nothing() implements HandOut {}

    /** Commands may be waiting but must not be handed out by this process now; the uplink, if one came along, is in Kafka. */
    record NotReady(String why) implements HandOut {}

    /** The uplink did not get into Kafka, so the device must keep it. No command was handed out. */
    record NotRecorded(String why) implements HandOut {}
}
