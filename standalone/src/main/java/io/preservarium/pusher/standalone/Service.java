package io.preservarium.pusher.standalone;

/** A service of the platform, run as it was built: one child process. */
enum Service {
    PUSHER_API("pusher-api", 384),
    COAP_CONNECTOR("coap-connector", 768),
    MQTT_CONNECTOR("mqtt-connector", 768);

    private final String id;
    private final int heapMegabytes;

    Service(String id, int heapMegabytes) {
        this.id = id;
        this.heapMegabytes = heapMegabytes;
    }

    int heapMegabytes() {
        return heapMegabytes;
    }

    int httpPort(Ports ports) {
        return switch (this) {
            case PUSHER_API -> ports.rest();
            case COAP_CONNECTOR -> ports.coapConnector();
            case MQTT_CONNECTOR -> ports.mqttConnector();
        };
    }

    /** The REST door is for others; what the connectors say to each other stays on this machine. */
    String httpHost(Ports ports) {
        return switch (this) {
            case PUSHER_API -> ports.listen();
            case COAP_CONNECTOR, MQTT_CONNECTOR -> Ports.LOOPBACK;
        };
    }

    /** The module's name, which is the name in the log and of the folder. */
    @Override
    public String toString() {
        return id;
    }
}
