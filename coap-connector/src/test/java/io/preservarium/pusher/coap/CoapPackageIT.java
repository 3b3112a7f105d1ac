package io.preservarium.pusher.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.preservarium.pusher.connector.PackageContract;
import io.preservarium.pusher.connector.PackagedConnector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.Test;

class CoapPackageIT extends PackageContract {

    private final int coapPort = freeUdpPort();

    private static int freeUdpPort() {
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected Map<String, String> environment() {
        return Map.of(
                "COAP_HOST", "127.0.0.1",
                "COAP_PORT", String.valueOf(coapPort),
                "COAP_CRITICAL_CUSTOM_OPTIONS", "40001,40003");
    }

    @Test
    void withoutKafkaItTellsTheTimeAndIsNotReady() throws Exception {
        try (PackagedConnector connector = start(Map.of())) {
            assertThat(connector.get("/q/health/ready"))
                    .contains("\"DOWN\"")
                    .contains("coap-connector")
                    .contains("coap://127.0.0.1:" + coapPort)
                    .contains("Kafka");
            try (RawDevice device = new RawDevice(new InetSocketAddress("127.0.0.1", coapPort))) {
                device.send(RawDevice.request(Type.CON, Code.GET, 1, "/t", ""));
                assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.CONTENT);
                device.send(RawDevice.request(Type.CON, Code.POST, 2, "/devices/a/b", "x"));
                assertThat(((Response) device.receiveMessage()).getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
            }

            assertThat(connector.stops()).isTrue();
            assertThat(connector.log())
                    .contains("identity=claimed")
                    .contains("coap-connector stops")
                    .doesNotContain("Topology");
            assertThat(connector.complaints()).allMatch(line -> line.contains("claimed") || line.contains("Kafka"));
        }
    }
}
