package io.preservarium.pusher.mqtt.endpoint;

import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.Mqtt5ReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a connection ended or did not come about.
 *
 * @param byAPublish whether something that was published may have been the reason
 */
record MqttClosing(String why, boolean byAPublish) {

    static MqttClosing of(MqttClientDisconnectedContext context) {
        boolean byBroker = context.getSource() == MqttDisconnectSource.SERVER;
        return switch (context.getCause()) {
            case Mqtt5DisconnectException said
            when byBroker ->
                new MqttClosing(
                        "the broker closed the connection: "
                                + inWords(
                                        said.getMqttMessage().getReasonCode(),
                                        said.getMqttMessage().getReasonString()),
                        canBeAboutAPublish(said.getMqttMessage().getReasonCode()));
            case Mqtt5ConnAckException said ->
                new MqttClosing(
                        "the broker refused the connection: "
                                + inWords(
                                        said.getMqttMessage().getReasonCode(),
                                        said.getMqttMessage().getReasonString()),
                        false);
            // A broker that closes without having read all that was sent is seen as a reset here, and not as the
            // broker's.
            case Throwable cause ->
                new MqttClosing(
                        String.valueOf(cause.getMessage()), byBroker || cause.getCause() instanceof IOException);
        };
    }

    /** As in the standard, such as {@code NOT_AUTHORIZED (0x87), not yours}. */
    static String inWords(Mqtt5ReasonCode code, Optional<?> reasonString) {
        return inWords(code) + reasonString.map(text -> ", " + text).orElse("");
    }

    static String inWords(Mqtt5ReasonCode code) {
        return String.format(Locale.ROOT, "%s (0x%02X)", code, code.getCode());
    }

    /** MQTT 5 section 3.14.2.1. */
    private static boolean canBeAboutAPublish(Mqtt5DisconnectReasonCode code) {
        return switch (code) {
            case NORMAL_DISCONNECTION,
                    DISCONNECT_WITH_WILL_MESSAGE,
                    SERVER_BUSY,
                    SERVER_SHUTTING_DOWN,
                    KEEP_ALIVE_TIMEOUT,
                    SESSION_TAKEN_OVER,
                    BAD_AUTHENTICATION_METHOD,
                    TOPIC_FILTER_INVALID,
                    RECEIVE_MAXIMUM_EXCEEDED,
                    MESSAGE_RATE_TOO_HIGH,
                    ADMINISTRATIVE_ACTION,
                    USE_ANOTHER_SERVER,
                    SERVER_MOVED,
                    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
                    CONNECTION_RATE_EXCEEDED,
                    MAXIMUM_CONNECT_TIME,
                    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
                    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED -> false;
            case UNSPECIFIED_ERROR,
                    MALFORMED_PACKET,
                    PROTOCOL_ERROR,
                    IMPLEMENTATION_SPECIFIC_ERROR,
                    NOT_AUTHORIZED,
                    TOPIC_NAME_INVALID,
                    TOPIC_ALIAS_INVALID,
                    PACKET_TOO_LARGE,
                    QUOTA_EXCEEDED,
                    PAYLOAD_FORMAT_INVALID,
                    RETAIN_NOT_SUPPORTED,
                    QOS_NOT_SUPPORTED -> true;
        };
    }
}
