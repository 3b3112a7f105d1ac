package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.delivery.HandOut;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A device's turn to be told something.
 *
 * @param uplink what it sent, to be recorded in any case
 * @param exchange identifies the exchange across retransmissions
 * @param facts of the protocol, for the status
 * @param answerBy until when the device can be answered, by the monotonic clock; a push can go as long as its attempt has its
 *     lease
 */
record Turn(
        Optional<Uplink> uplink,
        Optional<String> exchange,
        Map<String, Object> facts,
        OptionalLong answerBy,
        CompletableFuture<HandOut> result) {}
