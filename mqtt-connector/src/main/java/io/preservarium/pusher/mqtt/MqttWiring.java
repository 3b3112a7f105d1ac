package io.preservarium.pusher.mqtt;

import io.preservarium.pusher.connector.Turns;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.mqtt.endpoint.MqttConfig;
import io.preservarium.pusher.mqtt.endpoint.MqttConnections;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What delivery needs of the protocol before the protocol starts, as beans. */
final class MqttWiring {

    private MqttWiring() {}

    @Produces
    @Singleton
    static Turns turns(MqttConfig config) {
        return new Turns(config.maxTurns());
    }

    @Produces
    @Singleton
    static MqttConnections connections(MqttConfig config) {
        return new MqttConnections(config);
    }

    @Produces
    @Singleton
    static Route route(MqttConnections connections, Turns turns) {
        return new MqttRoute(connections, turns);
    }
}
