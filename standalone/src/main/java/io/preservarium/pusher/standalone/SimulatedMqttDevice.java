package io.preservarium.pusher.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.ConnectionFailedException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient.Mqtt5Publishes;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5MessageException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A device on the MQTT broker: it prints what it is told, and answers if asked to. */
@Command(name = "mqtt", description = "A device on the MQTT broker: prints the commands it receives, until Ctrl-C.")
final class SimulatedMqttDevice implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Duration LOOK_FOR_STOP = Duration.ofMillis(200);

    private final StopSignal stop;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "The device's id, which is its client id too.")
    private String id = "";

    @Option(names = "--topic", paramLabel = "FILTER", description = "What to subscribe to (devices/ID/commands).")
    private Optional<String> topic = Optional.empty();

    @Option(names = "--host", paramLabel = "HOST", description = "The MQTT broker (127.0.0.1).")
    private String host = Ports.LOOPBACK;

    @Option(names = "--port-offset", paramLabel = "N", description = "As given to ./dev up (0).")
    private int portOffset;

    @Option(names = "--count", paramLabel = "N", description = "End after N messages.")
    private Optional<Integer> count = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = ShortDuration.class,
            description = "End after this time (30s, 5m); with --count, an error when fewer messages came.")
    private Optional<Duration> timeout = Optional.empty();

    @Option(
            names = "--reply",
            paramLabel = "TEXT",
            description = "Answer with this text wherever a message names a response topic.")
    private Optional<String> reply = Optional.empty();

    SimulatedMqttDevice(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws InterruptedException, CannotGoOn {
        String filter = topic.orElse("devices/" + id + "/commands");
        Mqtt5BlockingClient client = Mqtt5Client.builder()
                .identifier(id)
                .serverHost(host)
                .serverPort(port())
                .buildBlocking();
        connect(client);
        try (Mqtt5Publishes messages = client.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
            client.subscribeWith()
                    .topicFilter(filter)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            line("subscribed to " + filter + " on mqtt://" + host + ":" + port());
            int received = receive(client, messages);
            return count.isPresent() && received < count.get() && !stop.isAsked() ? 1 : 0;
        } finally {
            client.disconnect();
        }
    }

    private int port() {
        try {
            return new Ports(Ports.LOOPBACK, portOffset).mqtt();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void connect(Mqtt5BlockingClient client) throws CannotGoOn {
        try {
            client.connect();
        } catch (ConnectionFailedException | Mqtt5MessageException e) {
            throw new CannotGoOn(
                    "could not connect to mqtt://" + host + ":" + port() + " (" + e.getMessage()
                            + "). Is ./dev up running? Does it use another --port-offset or --listen address?",
                    e);
        }
    }

    private int receive(Mqtt5BlockingClient client, Mqtt5Publishes messages) throws InterruptedException, CannotGoOn {
        int wanted = count.orElse(Integer.MAX_VALUE);
        long start = System.nanoTime();
        int received = 0;
        while (received < wanted && !stop.isAsked()) {
            if (timeout.isPresent() && System.nanoTime() - start > timeout.get().toNanos()) {
                line(received + " messages in " + timeout.get().toSeconds() + " s");
                break;
            }
            Optional<Mqtt5Publish> message = messages.receive(LOOK_FOR_STOP.toMillis(), TimeUnit.MILLISECONDS);
            if (message.isPresent()) {
                received++;
                show(message.get());
                answer(client, message.get());
            } else if (!client.getState().isConnected()) {
                throw new CannotGoOn("the broker closed the connection");
            }
        }
        return received;
    }

    private void show(Mqtt5Publish message) {
        line("← " + message.getTopic() + ", QoS " + message.getQos().getCode()
                + (message.isRetain() ? ", retained" : ", not retained") + ", " + message.getPayloadAsBytes().length
                + " bytes");
        message.getMessageExpiryInterval().ifPresent(seconds -> line("  expires in " + seconds + " s"));
        message.getContentType().ifPresent(type -> line("  content type " + type));
        message.getResponseTopic().ifPresent(to -> line("  response topic " + to));
        message.getCorrelationData().ifPresent(data -> line("  correlation data " + text(bytes(data))));
        message.getUserProperties()
                .asList()
                .forEach(property -> line("  " + property.getName() + ": " + property.getValue()));
        text(message.getPayloadAsBytes()).lines().forEach(line -> line("  " + line));
    }

    private void answer(Mqtt5BlockingClient client, Mqtt5Publish message) {
        if (reply.isEmpty() || message.getResponseTopic().isEmpty()) {
            return;
        }
        byte[] payload = reply.get().getBytes(StandardCharsets.UTF_8);
        client.publishWith()
                .topic(message.getResponseTopic().get())
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(payload)
                .correlationData(message.getCorrelationData()
                        .map(SimulatedMqttDevice::bytes)
                        .orElse(new byte[0]))
                .send();
        line("→ " + message.getResponseTopic().get() + ", QoS 1, " + payload.length + " bytes");
    }

    /** JSON so that people can read it, anything else in hexadecimal digits. */
    static String text(byte[] payload) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(payload));
        } catch (JsonProcessingException e) {
            return HexFormat.of().formatHex(payload);
        } catch (IOException e) {
            throw new IllegalStateException(e); // bytes in memory
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private void line(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
