package io.preservarium.pusher.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttSessionExpiredException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.connector.Commands;
import io.preservarium.pusher.mqtt.endpoint.MqttConnections;
import io.preservarium.pusher.mqtt.endpoint.MqttOutcome;
import io.preservarium.pusher.mqtt.endpoint.MqttTarget;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real brokers agree with {@code MqttStrings}: what it takes they take, and for what it refuses they close the connection. */
class MqttStringsAtBrokersTest {

    private static final List<Integer> REFUSED =
            List.of(0x01, 0x0A, 0x1F, 0x7F, 0x85, 0x9F, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF);
    /** Not U+FDC0 to U+FDFF: this HiveMQ takes all of them for the non-characters among them. */
    private static final List<Integer> TAKEN =
            List.of(0x20, 0x7E, 0xA0, 0x2028, 0xD7FF, 0xE000, 0xFDBF, 0xFE00, 0xFEFF, 0xFFFD, 0x1F600, 0x1FFFD);

    private static final List<String> TOPICS_TAKEN = List.of("/", "//", "a//b/", " ", "a/$SYS", "a/$share/g/x");

    @TempDir
    Path folder;

    enum At {
        HIVEMQ(Broker::new),
        MOSQUITTO(Mosquitto::new);

        private final BiFunction<Path, Integer, AutoCloseable> start;

        At(BiFunction<Path, Integer, AutoCloseable> start) {
            this.start = start;
        }
    }

    /** Every string that a PUBLISH of ours can have. */
    private enum Place {
        TOPIC,
        RESPONSE_TOPIC,
        CONTENT_TYPE,
        PROPERTY_NAME,
        PROPERTY_VALUE;

        Map<String, Object> metadata(String text) {
            Map<String, Object> metadata = new HashMap<>(Map.of("topic", "t"));
            switch (this) {
                case TOPIC -> metadata.put("topic", text);
                case RESPONSE_TOPIC -> metadata.put("response_topic", text);
                case CONTENT_TYPE -> metadata.put("content_type", text);
                case PROPERTY_NAME -> metadata.put("user_properties", Map.of(text, "v"));
                case PROPERTY_VALUE -> metadata.put("user_properties", Map.of("n", text));
            }
            return metadata;
        }

        Mqtt5Publish message(String text) {
            Mqtt5PublishBuilder.Complete message =
                    Mqtt5Publish.builder().topic("t").qos(MqttQos.AT_LEAST_ONCE);
            return switch (this) {
                case TOPIC -> message.topic(text).build();
                case RESPONSE_TOPIC -> message.responseTopic(text).build();
                case CONTENT_TYPE -> message.contentType(text).build();
                case PROPERTY_NAME ->
                    message.userProperties(Mqtt5UserProperties.of(Mqtt5UserProperty.of(text, "v")))
                            .build();
                case PROPERTY_VALUE ->
                    message.userProperties(Mqtt5UserProperties.of(Mqtt5UserProperty.of("n", text)))
                            .build();
            };
        }
    }

    @ParameterizedTest
    @EnumSource(At.class)
    void whatIsTakenKeepsTheConnection(At at) throws Exception {
        int port = Broker.freePort();
        try (AutoCloseable broker = at.start.apply(folder, port)) {
            MqttConnections connections = new MqttConnections(TestConfig.at(port));
            AtomicInteger connected = new AtomicInteger();
            connections.start(connected::incrementAndGet, () -> {});
            await().until(connections::isUp);
            for (Place place : Place.values()) {
                for (int codePoint : TAKEN) {
                    publish(connections, place.metadata("x" + Character.toString(codePoint)));
                }
            }
            for (String topic : TOPICS_TAKEN) {
                publish(connections, Place.TOPIC.metadata(topic));
                publish(connections, Place.RESPONSE_TOPIC.metadata(topic));
            }
            assertThat(connected).hasValue(1);
            connections.stop();
        }
    }

    private static void publish(MqttConnections connections, Map<String, Object> metadata) {
        MqttTarget target =
                switch (connections.target(metadata)) {
                    case MqttTarget.Read.Right(MqttTarget read) -> read;
                    case MqttTarget.Read.Wrong(String why) -> throw new AssertionError(why);
                };
        assertThat(connections
                        .publish(target, new RequestId("c-1"), new byte[] {1}, Commands.LIFE)
                        .toCompletableFuture()
                        .join())
                .as("%s", metadata)
                .isInstanceOf(MqttOutcome.Taken.class);
    }

    @ParameterizedTest
    @EnumSource(At.class)
    void whatIsRefusedWouldCloseTheConnection(At at) throws Exception {
        int port = Broker.freePort();
        try (AutoCloseable broker = at.start.apply(folder, port)) {
            for (Place place : Place.values()) {
                for (int codePoint : REFUSED) {
                    String text = "x" + Character.toString(codePoint);
                    assertThat(new MqttConnections(TestConfig.at(port)).target(place.metadata(text)))
                            .as("%s with U+%04X", place, codePoint)
                            .isInstanceOf(MqttTarget.Read.Wrong.class);
                    assertThatThrownBy(() -> publishUnchecked(port, place.message(text)))
                            .as("%s with U+%04X", place, codePoint)
                            .isInstanceOf(MqttSessionExpiredException.class);
                }
            }
        }
    }

    private static void publishUnchecked(int port, Mqtt5Publish message) {
        Mqtt5BlockingClient client =
                Mqtt5Client.builder().serverHost("127.0.0.1").serverPort(port).buildBlocking();
        client.connect();
        try {
            client.publish(message);
        } finally {
            if (client.getState().isConnected()) {
                client.disconnect();
            }
        }
    }
}
