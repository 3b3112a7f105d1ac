package io.preservarium.pusher.coap;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.connector.Commands;
import io.preservarium.pusher.connector.ConnectorLifecycle;
import io.preservarium.pusher.connector.ConnectorSettings;
import io.preservarium.pusher.connector.FakeDelivery;
import io.preservarium.pusher.connector.FakeParser;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.californium.core.coap.Response;

/** The connector at a free port, between hand-made delivery and parser, with a device that writes its own datagrams. */
final class CoapServer implements AutoCloseable {

    final FakeDelivery delivery = new FakeDelivery();
    final FakeParser parser = new FakeParser();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final CoapConnector connector;
    final RawDevice device;
    private final ConnectorLifecycle lifecycle;
    private final List<RawDevice> others = new ArrayList<>();

    CoapServer(TestConfig config) {
        connector = new CoapConnector(config, delivery, parser, registry, Clock.fixed(Commands.NOW, ZoneOffset.UTC));
        lifecycle = new ConnectorLifecycle(
                ConnectorSettings.draining(Duration.ofSeconds(3)), new CoapRoute(), connector, delivery, parser);
        device = new RawDevice(connector.socket());
    }

    static CoapServer start() {
        return new CoapServer(TestConfig.patient());
    }

    RawDevice other() {
        RawDevice other = new RawDevice(connector.socket());
        others.add(other);
        return other;
    }

    /** Sends, and reads the answer. */
    Response answerTo(RawDatagram datagram) {
        device.send(datagram.bytes());
        return (Response) device.receiveMessage();
    }

    String codeOf(RawDatagram datagram) {
        return answerTo(datagram).getCode().text;
    }

    /** Every uplink that came through, whatever was asked for it. */
    List<Uplink> uplinks() {
        return Stream.concat(delivery.asked.stream().map(FakeDelivery.Asked::uplink), delivery.recorded.stream())
                .toList();
    }

    @Override
    public void close() {
        others.forEach(RawDevice::close);
        device.close();
        lifecycle.stop();
    }
}
