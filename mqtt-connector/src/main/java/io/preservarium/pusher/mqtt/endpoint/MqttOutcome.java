package io.preservarium.pusher.mqtt.endpoint;

import io.preservarium.pusher.command.Reason;

/** What became of a PUBLISH. */
public sealed interface MqttOutcome {

    /** QoS 0: written to the connection. Nobody confirms it. */
    record Written() implements MqttOutcome {}

    /** QoS 1 and 2: the broker took it, by PUBACK or PUBREC. */
    record Taken(String reasonCode, boolean noSubscribers) implements MqttOutcome {}

    /** The broker will not take it, now or later. */
    record Refused(Reason reason, String why) implements MqttOutcome {}

    /** There was no connection to write it to. */
    record NotTried(String why) implements MqttOutcome {}

    /**
     * The connection ended before the broker answered.
     *
     * @param maybeByIt whether this PUBLISH may be the reason
     */
    record Lost(String why, boolean maybeByIt) implements MqttOutcome {}
}
