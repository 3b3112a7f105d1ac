package io.preservarium.pusher.coap.endpoint;

import io.preservarium.pusher.command.ParserRef;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;

/** Settings of the CoAP endpoint. The environment variable of each stands in {@code application.properties}. */
@ConfigMapping(prefix = "pusher.coap")
public interface CoapConfig {

    /** Address to listen at; COAP_HOST. */
    @WithDefault("0.0.0.0")
    String host();

    /** UDP port, 0 for any free one; COAP_PORT. */
    @WithDefault("5683")
    int port();

    /** Critical options that devices may send beyond the registered ones; any other odd number gets 4.02; COAP_CRITICAL_CUSTOM_OPTIONS. */
    Optional<List<Integer>> criticalCustomOptions();

    /** Threads of the protocol stage; COAP_THREADS. */
    @WithDefault("2")
    int threads();

    /** Bytes of a request that comes in blocks (RFC 7959); more gets 4.13; COAP_MAX_BODY. */
    @WithDefault("16384")
    int maxBody();

    /** Peers with a block-wise transfer, or separate answer, at one time; COAP_MAX_ACTIVE_PEERS. */
    @WithDefault("20000")
    int maxActivePeers();

    /** Uplinks on their way to Kafka at one time; one more is told to come again; COAP_MAX_OPEN_EXCHANGES. */
    @WithDefault("10000")
    int maxOpenExchanges();

    /** MiB for answers that are kept for retransmissions; then the oldest go before EXCHANGE_LIFETIME; COAP_ANSWERS_MEMORY. */
    @WithDefault("64")
    int answersMemory();

    /** Time after which a request is acknowledged and its answer goes separately; COAP_ACKNOWLEDGE_AFTER. */
    @WithDefault("1500ms")
    Duration acknowledgeAfter();

    /** Time after which a request is answered with its path's failure code and no command; COAP_ANSWER_WITHIN. */
    @WithDefault("10s")
    Duration answerWithin();

    /** Path of the time of day: 2.05 with four bytes, big-endian epoch seconds; COAP_TIME_PATH. */
    @WithDefault("/t")
    String timePath();

    /** What devices may send to, by a name that appears in metrics. */
    Map<String, UplinkPath> uplinks();

    /** One path for uplinks, or a family of paths. */
    interface UplinkPath {

        /** {@code /m}, or {@code /devices/{device_id}/*}, where the star stands for any further segments, or none. */
        String path();

        /** The script that reads what comes here; without one it is recorded as it is. */
        Optional<ParserRef> parser();

        /** Where the device's id comes from. */
        @WithDefault("path-segment")
        DeviceIdFrom deviceId();

        /** Answer when the uplink could not be recorded. */
        @WithDefault("service-unavailable")
        ResponseCode failure();
    }

    /** Where the device's id stands in an uplink. */
    enum DeviceIdFrom {
        /** In the payload, read by the script's {@code device_id()}. */
        SCRIPT,
        /** The segment at {@code {device_id}} in the path. */
        PATH_SEGMENT,
        /** The query parameter {@code device_id}. */
        QUERY
    }
}
