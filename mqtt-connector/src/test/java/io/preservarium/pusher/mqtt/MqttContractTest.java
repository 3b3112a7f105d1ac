package io.preservarium.pusher.mqtt;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.connector.ConnectorContract;
import io.preservarium.pusher.connector.ProtocolConnector;
import io.preservarium.pusher.connector.Turns;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.mqtt.endpoint.MqttConnections;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class MqttContractTest extends ConnectorContract {

    @TempDir
    static Path folder;

    private static int port;
    private static Broker broker;

    private Optional<SilentBroker> silent = Optional.empty();
    private TestConfig config;
    private Turns turns;
    private MqttConnections connections;
    private MqttRoute route;
    private Mqtt5BlockingClient device;
    private Mqtt5BlockingClient.Mqtt5Publishes inbox;

    @BeforeAll
    static void startBroker() {
        port = Broker.freePort();
        broker = new Broker(folder, port);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void connectDevice() {
        device = Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(port).buildBlocking();
        device.connect();
        device.subscribeWith()
                .topicFilter("devices/#")
                .qos(MqttQos.AT_LEAST_ONCE)
                .send();
        inbox = device.publishes(MqttGlobalPublishFilter.ALL);
        prepare(TestConfig.at(port));
    }

    @AfterEach
    void disconnectDevice() throws IOException {
        inbox.close();
        device.disconnect();
        if (silent.isPresent()) {
            silent.get().close();
        }
    }

    private void prepare(TestConfig now) {
        config = now;
        turns = new Turns(now.maxTurns());
        connections = new MqttConnections(now);
        route = new MqttRoute(connections, turns);
    }

    @Override
    protected Route route() {
        return route;
    }

    @Override
    protected ProtocolConnector open() {
        return new MqttConnector(config, delivery, connections, turns, new SimpleMeterRegistry(), CLOCK);
    }

    /** The broker breaks the connection before it has answered. */
    @Override
    protected ProtocolConnector openTowardsALostCommand() {
        SilentBroker broken = new SilentBroker();
        silent = Optional.of(broken);
        prepare(TestConfig.at(broken.port()));
        return open();
    }

    @Override
    protected Map<String, Object> metadata(String device) {
        return Map.of("topic", "devices/" + device);
    }

    @Override
    protected String keyThatCanBeWrong() {
        return "topic";
    }

    @Override
    protected Map<String, Object> wrongMetadata(String key) {
        return Map.of(key, "devices/#");
    }

    @Override
    protected void turn(String device) {
        route.eligible(new DeviceId(device));
    }

    @Override
    protected byte[] received(String device) throws InterruptedException {
        while (true) {
            Mqtt5Publish message =
                    inbox.receive(5, TimeUnit.SECONDS).orElseThrow(() -> new AssertionError("nothing was published"));
            if (message.getTopic().toString().equals("devices/" + device)) {
                return message.getPayloadAsBytes();
            }
        }
    }

    @Override
    protected void lose(String device) throws Exception {
        silent.orElseThrow().awaitPublish();
        silent.orElseThrow().breakConnection();
    }
}
