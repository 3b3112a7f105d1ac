package io.preservarium.pusher.command.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.Uplink;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {

    private static final Instant AT = Instant.parse("2026-11-21T01:52:03Z");
    private static final ParserVersion PARSER =
            new ParserVersion(new ParserRef("efento_bidirectional_parser.py"), Digest.of(new byte[0]));

    @Test
    void theStatusEventIsPinned() throws IOException {
        StatusEvent event = StatusJson.read(golden("status.json")).orElseThrow();
        assertThat(event.parser()).contains(PARSER);
        assertThat(event.bytes()).contains(StatusEvent.SentBytes.of("abc".getBytes(StandardCharsets.UTF_8)));
        assertThat(event.reason()).contains(Reason.RETRYING);
        assertThat(StatusJson.write(event)).isEqualTo(golden("status.json"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"request_id\":\"r\"}",
                "{\"request_id\":\"r\",\"device_id\":\"d\",\"state\":\"flying\",\"at\":\"2026-11-21T01:52:03Z\"}",
                "{\"request_id\":\"r\",\"device_id\":\"d\",\"state\":\"accepted\",\"at\":\"2026-11-21T01:52:03Z\"}",
                "{\"request_id\":\"r\",\"device_id\":\"d\",\"state\":\"sent\",\"at\":\"2026-11-21T01:52:03Z\",\"attempt\":-1}",
                "{\"request_id\":\"r r\",\"device_id\":\"d\",\"state\":\"sent\",\"at\":\"2026-11-21T01:52:03Z\"}"
            })
    void aRecordThatIsNoEventReadsAsEmpty(String text) {
        assertThat(StatusJson.read(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @Test
    void theUplinkIsPinned() throws IOException {
        Map<String, Object> output = new LinkedHashMap<>();
        output.put("type", "status");
        output.put("value", new BigDecimal("23.3"));
        Uplink uplink = new Uplink(
                "u1",
                new DeviceId("282c02424eed"),
                Protocol.COAP,
                AT,
                "coap://127.0.0.1:40000",
                "/m",
                Optional.of("POST"),
                new byte[] {1, 2, 3},
                Optional.of(PARSER),
                List.of(output),
                Optional.empty());
        assertThat(UplinkJson.write(uplink)).isEqualTo(golden("uplink.json"));
    }

    @Test
    void theCancellationIsPinned() throws IOException {
        Cancellation cancellation =
                new Cancellation(new RequestId("0199-1"), new DeviceId("282c02424eed"), AT, "anonymous");
        assertThat(CancellationJson.write(cancellation)).isEqualTo(golden("cancellation.json"));
        assertThat(CancellationJson.read(golden("cancellation.json"))).contains(cancellation);
        assertThat(CancellationJson.read(new byte[] {'{'})).isEmpty();
    }

    private static byte[] golden(String name) throws IOException {
        return CommandJsonTest.golden(name).replaceAll("\\n *", "").strip().getBytes(StandardCharsets.UTF_8);
    }
}
