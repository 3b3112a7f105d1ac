package io.preservarium.pusher.coap;

import io.preservarium.pusher.coap.endpoint.CoapConfig;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.connector.FakeParser;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;

/** Settings of a test: the shipped paths, a free port, and patience that a test can change. */
record TestConfig(
        Duration acknowledgeAfter, Duration answerWithin, int maxOpenExchanges, Map<String, UplinkPath> uplinks)
        implements CoapConfig {

    record Path(String path, Optional<ParserRef> parser, DeviceIdFrom deviceId, ResponseCode failure)
            implements UplinkPath {}

    static TestConfig patient() {
        return impatient(Duration.ofSeconds(20), Duration.ofSeconds(30));
    }

    static TestConfig impatient(Duration acknowledgeAfter, Duration answerWithin) {
        return new TestConfig(acknowledgeAfter, answerWithin, 100, shipped());
    }

    static TestConfig narrow(int maxOpenExchanges) {
        return new TestConfig(Duration.ofSeconds(20), Duration.ofSeconds(30), maxOpenExchanges, shipped());
    }

    private static Map<String, UplinkPath> shipped() {
        Map<String, UplinkPath> paths = new LinkedHashMap<>();
        for (String letter : List.of("m", "i", "c")) {
            paths.put(
                    letter,
                    new Path(
                            "/" + letter,
                            Optional.of(FakeParser.REF),
                            DeviceIdFrom.SCRIPT,
                            ResponseCode.INTERNAL_SERVER_ERROR));
        }
        paths.put(
                "devices",
                new Path(
                        "/devices/{device_id}/*",
                        Optional.empty(),
                        DeviceIdFrom.PATH_SEGMENT,
                        ResponseCode.SERVICE_UNAVAILABLE));
        paths.put("query", new Path("/q", Optional.empty(), DeviceIdFrom.QUERY, ResponseCode.SERVICE_UNAVAILABLE));
        paths.put(
                "unknown-script",
                new Path(
                        "/x/{device_id}",
                        Optional.of(new ParserRef("nobody_wrote_this.py")),
                        DeviceIdFrom.PATH_SEGMENT,
                        ResponseCode.SERVICE_UNAVAILABLE));
        return paths;
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return 0;
    }

    @Override
    public Optional<List<Integer>> criticalCustomOptions() {
        return Optional.of(List.of(40_001));
    }

    @Override
    public int threads() {
        return 2;
    }

    @Override
    public int maxBody() {
        return 16_384;
    }

    @Override
    public int answersMemory() {
        return 1;
    }

    @Override
    public int maxActivePeers() {
        return 1_000;
    }

    @Override
    public String timePath() {
        return "/t";
    }
}
