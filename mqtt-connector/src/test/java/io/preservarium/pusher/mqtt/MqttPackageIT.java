package io.preservarium.pusher.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.preservarium.pusher.connector.PackageContract;
import io.preservarium.pusher.connector.PackagedConnector;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MqttPackageIT extends PackageContract {

    private final int mqttPort = Broker.freePort();

    @Override
    protected Map<String, String> environment() {
        return Map.of(
                "MQTT_HOST", "127.0.0.1",
                "MQTT_PORT", String.valueOf(mqttPort),
                "MQTT_RECONNECT_MAX", "500ms");
    }

    @Test
    void withoutBrokerAndKafkaItSaysWhatItWaitsFor() throws Exception {
        try (PackagedConnector connector = start(Map.of())) {
            assertThat(connector.get("/q/health/ready"))
                    .contains("\"DOWN\"")
                    .contains("mqtt-connector")
                    .contains("mqtt://127.0.0.1:" + mqttPort)
                    .contains("the broker 127.0.0.1:" + mqttPort);

            try (Broker broker = new Broker(folder.resolve("broker"), mqttPort)) {
                await().atMost(PackagedConnector.START)
                        .until(() -> connector.get("/q/health/ready").contains("Kafka"));
                assertThat(connector.get("/q/health/ready")).contains("\"DOWN\"");
                assertThat(connector.stops()).isTrue();
            }
            assertThat(connector.log())
                    .contains("connected as mqtt-connector-0")
                    .contains("mqtt-connector stops")
                    .doesNotContain("Topology");
            assertThat(connector.complaints())
                    .allMatch(line -> line.contains("Broker 127.0.0.1") || line.contains("Kafka"));
        }
    }
}
