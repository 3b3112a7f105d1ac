package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BannerTest {

    @TempDir
    private Path folder;

    @Test
    void linesToPasteFollowTheOptions() throws Exception {
        StringWriter out = new StringWriter();
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_795_239_120), ZoneOffset.UTC);
        try (DataFolder data = DataFolder.open(folder)) {
            new Banner(new Ports(Ports.LOOPBACK, 100), data, clock).print(new PrintWriter(out), 12.34);
        }
        assertThat(out.toString().lines())
                .contains(
                        "ready in 12.3 s",
                        "  REST        http://127.0.0.1:8100/api/v1/commands",
                        "  CoAP        coap://127.0.0.1:5783",
                        "  Kafka       127.0.0.1:9192",
                        "curl -s -X POST http://127.0.0.1:8100/api/v1/commands -H 'Content-Type: application/json' -d"
                                + " '{\"request_id\":\"demo-1795239120\",\"device_id\":\"282c02424eed\","
                                + "\"command_type\":\"config_update\","
                                + "\"payload\":{\"measurement_interval\":600,\"request_device_info\":true},"
                                + "\"protocol\":\"coap\",\"parser_script_ref\":\"efento_bidirectional_parser.py\"}'",
                        "./dev device efento 282c02424eed --port-offset 100",
                        "curl -s 'http://127.0.0.1:8100/api/v1/commands/demo-1795239120/status?device_id=282c02424eed'");
    }
}
