package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.Uplink;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The port between a connector and the waiting commands. No call blocks. */
public interface Delivery extends AutoCloseable {

    /**
     * The turn of a device that has just sent something: the uplink goes to Kafka in the same round trip as the record
     * of the attempt. The stage always completes normally.
     *
     * @param exchange identifies the exchange across retransmissions: the same exchange gets the same command and attempt
     * @param facts protocol facts of this delivery, such as path and identity, for the status
     * @param within how long the device can still be answered; later no attempt is recorded
     */
    CompletionStage<HandOut> answer(Uplink uplink, String exchange, Map<String, Object> facts, Duration within);

    /** Records an uplink that takes no command. Empty when it is in Kafka, else why it is not. */
    CompletionStage<Optional<String>> record(Uplink uplink);

    /** The turn of a device that a route pushes to. The stage always completes normally. */
    CompletionStage<HandOut> push(DeviceId device, Map<String, Object> facts);

    /**
     * How many turns a route that pushes may have under way now, at least 1: few while many commands are still to be read,
     * of which one may replace what is being sent.
     */
    int mostPushes();

    /** The bytes left: evidence of {@code sent}. */
    void sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note);

    /** The bytes did not leave; the command goes back to the queue, or fails when it had its attempts. */
    void notSent(HandOut.Offer offer, String why);

    /** The other side refused for good. */
    void refused(HandOut.Offer offer, Reason reason, String why);

    /** The route can send again: tells {@link Route#eligible} of every device with a waiting command. */
    void resume();

    /** The route has room again after it refused a device: the rest is named, from there on. */
    void offerMore();

    /** Empty when commands are handed out, else what is waited for. */
    Optional<String> notReadyBecause();

    @Override
    void close();
}
