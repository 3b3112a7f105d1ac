package io.preservarium.pusher.mqtt;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.connector.Turns;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.mqtt.endpoint.MqttConnections;
import io.preservarium.pusher.mqtt.endpoint.MqttTarget;
import java.util.Optional;

/** What a command by MQTT may ask for: to be published to a topic as soon as it is due and the session is up. */
final class MqttRoute implements Route {

    private final MqttConnections connections;
    private final Turns turns;

    MqttRoute(MqttConnections connections, Turns turns) {
        this.connections = connections;
        this.turns = turns;
    }

    @Override
    public Protocol protocol() {
        return Protocol.MQTT;
    }

    @Override
    public Optional<String> refusal(Command command) {
        return targetRefusal(command).or(() -> expectRefusal(command));
    }

    private Optional<String> targetRefusal(Command command) {
        return switch (connections.target(command.metadata())) {
            case MqttTarget.Read.Right right -> Optional.empty();
            case MqttTarget.Read.Wrong(String why) -> Optional.of(why);
        };
    }

    private static Optional<String> expectRefusal(Command command) {
        return switch (command.expect()) {
            case SENT -> Optional.empty();
            case DELIVERED, SUCCEEDED ->
                Optional.of(
                        "expect \"" + command.expect().word() + "\" needs the device's reply, which comes with a later"
                                + " version, and a broker's PUBACK says nothing about the device: use \"sent\"");
        };
    }

    @Override
    public boolean startsAtOnce() {
        return connections.isUp();
    }

    /** While the broker is away nothing is noted: when it is back, delivery tells again. */
    @Override
    public boolean eligible(DeviceId device) {
        // While the broker is away nobody has a turn; all are named again when it is back.
        return !connections.isUp() || turns.add(device);
    }
}
