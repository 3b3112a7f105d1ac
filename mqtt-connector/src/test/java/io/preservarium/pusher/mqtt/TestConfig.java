package io.preservarium.pusher.mqtt;

import io.preservarium.pusher.mqtt.endpoint.MqttConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of a test. */
record TestConfig(int port, int inFlight, int maxTurns, Duration drain, Optional<List<String>> dollarTopics)
        implements MqttConfig {

    TestConfig(int port, int inFlight, int maxTurns, Duration drain) {
        this(port, inFlight, maxTurns, drain, Optional.empty());
    }

    static TestConfig at(int port) {
        return new TestConfig(port, 100, 1_000, Duration.ofSeconds(3));
    }

    TestConfig allowing(String dollarTopics) {
        return new TestConfig(port, inFlight, maxTurns, drain, Optional.of(List.of(dollarTopics)));
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public boolean tls() {
        return false;
    }

    @Override
    public Optional<String> username() {
        return Optional.of("pusher");
    }

    @Override
    public Optional<String> password() {
        return Optional.of("secret");
    }

    @Override
    public String clientId() {
        return "mqtt-connector-7";
    }

    @Override
    public Duration keepAlive() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Duration reconnectFirst() {
        return Duration.ofMillis(50);
    }

    @Override
    public Duration reconnectMax() {
        return Duration.ofMillis(200);
    }
}
