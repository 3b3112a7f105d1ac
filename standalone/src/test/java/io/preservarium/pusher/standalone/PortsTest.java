package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {

    private final Ports ports = FreePorts.find();

    @Test
    void freePortsAreNoReasonToComplain() {
        assertThatCode(ports::checkFree).doesNotThrowAnyException();
    }

    @Test
    void busyUdpPortIsNamedWithWhatToDo() throws IOException {
        try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(Ports.LOOPBACK, ports.coap()))) {
            assertThatThrownBy(ports::checkFree)
                    .isInstanceOf(CannotGoOn.class)
                    .hasMessage("port %d/udp (CoAP) is in use; stop the other program or use --port-offset %d"
                            .formatted(ports.coap(), ports.offset() + 100));
        }
    }

    @Test
    void everyBusyPortIsInOneMessage() throws IOException {
        InetAddress loopback = InetAddress.getByName(Ports.LOOPBACK);
        try (ServerSocket rest = new ServerSocket(ports.rest(), 1, loopback);
                ServerSocket kafka = new ServerSocket(ports.kafka(), 1, loopback)) {
            assertThatThrownBy(ports::checkFree)
                    .hasMessageStartingWith("ports %d/tcp (REST), %d/tcp (Kafka) are in use; stop the other programs"
                            .formatted(ports.rest(), ports.kafka()));
        }
    }

    @Test
    void addressOfAnotherMachineIsRefused() {
        assertThatThrownBy(() -> new Ports("192.0.2.1", 0).checkFree())
                .hasMessage("--listen 192.0.2.1 is not an address of this machine");
    }

    @Test
    void offsetThatLeavesThePortRangeIsRefused() {
        assertThatThrownBy(() -> new Ports(Ports.LOOPBACK, 60_000))
                .hasMessage("port offset must be 0 to 56442 but was 60000");
    }
}
