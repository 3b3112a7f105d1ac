package io.preservarium.pusher.standalone;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Collectors;

/** Where everything listens: an address for what others may reach, and the usual port numbers plus an offset. */
record Ports(String listen, int offset) {

    static final String LOOPBACK = "127.0.0.1";

    private static final int HIGHEST = 9093;
    private static final int SUGGESTED_STEP = 100;

    Ports {
        if (offset < 0 || offset > 65535 - HIGHEST) {
            throw new IllegalArgumentException("port offset must be 0 to " + (65535 - HIGHEST) + " but was " + offset);
        }
    }

    int rest() {
        return 8000 + offset;
    }

    int coapConnector() {
        return 8081 + offset;
    }

    int mqttConnector() {
        return 8082 + offset;
    }

    /** RFC 7252 section 6.1. */
    int coap() {
        return 5683 + offset;
    }

    int mqtt() {
        return 1883 + offset;
    }

    int kafka() {
        return 9092 + offset;
    }

    int kafkaController() {
        return HIGHEST + offset;
    }

    /** The address a client uses: the one we listen on, or for "any address" one that this machine has. */
    String reachable() {
        try {
            InetAddress address = InetAddress.getByName(listen);
            return address.isAnyLocalAddress() ? firstNetworkAddress() : listen;
        } catch (IOException e) {
            return listen;
        }
    }

    /** The address the children of this process use to reach what listens here. */
    String fromHere() {
        try {
            return InetAddress.getByName(listen).isAnyLocalAddress() ? LOOPBACK : listen;
        } catch (IOException e) {
            return listen;
        }
    }

    boolean isForThisMachineOnly() {
        try {
            return InetAddress.getByName(listen).isLoopbackAddress();
        } catch (IOException e) {
            return false;
        }
    }

    private static String firstNetworkAddress() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && address.getAddress().length == 4)
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElse(LOOPBACK);
    }

    /** Fails with one message that names every port that somebody else holds. */
    void checkFree() throws CannotGoOn {
        try {
            if (!InetAddress.getByName(listen).isAnyLocalAddress()
                    && NetworkInterface.getByInetAddress(InetAddress.getByName(listen)) == null) {
                throw new CannotGoOn("--listen " + listen + " is not an address of this machine");
            }
        } catch (IOException e) {
            throw new CannotGoOn("--listen " + listen + " is not an address: " + e.getMessage(), e);
        }
        List<Port> busy = all().stream().filter(port -> !port.isFree()).toList();
        if (busy.isEmpty()) {
            return;
        }
        String names = busy.stream().map(Port::toString).collect(Collectors.joining(", "));
        String advice = "or use --port-offset " + (offset + SUGGESTED_STEP);
        throw new CannotGoOn(
                busy.size() == 1
                        ? "port " + names + " is in use; stop the other program " + advice
                        : "ports " + names + " are in use; stop the other programs " + advice);
    }

    private List<Port> all() {
        return List.of(
                new Port(rest(), Transport.TCP, listen, "REST"),
                new Port(coap(), Transport.UDP, listen, "CoAP"),
                new Port(mqtt(), Transport.TCP, listen, "MQTT"),
                new Port(kafka(), Transport.TCP, listen, "Kafka"),
                new Port(kafkaController(), Transport.TCP, LOOPBACK, "Kafka controller"),
                new Port(coapConnector(), Transport.TCP, LOOPBACK, "coap-connector"),
                new Port(mqttConnector(), Transport.TCP, LOOPBACK, "mqtt-connector"));
    }

    private enum Transport {
        TCP,
        UDP
    }

    private record Port(int number, Transport transport, String address, String user) {

        boolean isFree() {
            InetSocketAddress here = new InetSocketAddress(address, number);
            try {
                switch (transport) {
                    case TCP -> {
                        try (ServerSocket socket = new ServerSocket()) {
                            socket.bind(here);
                        }
                    }
                    case UDP -> new DatagramSocket(here).close();
                }
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public String toString() {
            return switch (transport) {
                case TCP -> number + "/tcp (" + user + ")";
                case UDP -> number + "/udp (" + user + ")";
            };
        }
    }
}
