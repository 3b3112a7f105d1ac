package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.RequestId;
import java.time.Duration;
import java.time.Instant;

/**
 * The command bytes that a device's latest answered exchange got, kept so that a retransmission gets the same ones.
 *
 * @param until the end of EXCHANGE_LIFETIME, RFC 7252 section 4.8.2
 */
public record KeptAnswer(
        String exchange, RequestId requestId, int attempt, ParserVersion parser, byte[] bytes, Instant until) {

    /** RFC 7252 section 4.8.2. */
    public static final Duration EXCHANGE_LIFETIME = Duration.ofSeconds(247);

    /** Header of a {@code sending} event: the bytes of an answer. */
    public static final String HEADER = "answer";
}
