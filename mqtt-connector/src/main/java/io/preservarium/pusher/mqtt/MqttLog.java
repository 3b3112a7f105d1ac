package io.preservarium.pusher.mqtt;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Every log message of this module. Payloads never appear. */
final class MqttLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.mqtt");

    private MqttLog() {}

    static void connected(String broker, String clientId, int receiveMaximum) {
        LOG.infof("Broker %s connected as %s; it takes %d commands in flight", broker, clientId, receiveMaximum);
    }

    static void away(String broker, String why) {
        LOG.warnf("Broker %s is away, commands wait until it is back: %s", broker, why);
    }

    static void stillAway(String broker, String why, Duration pause) {
        LOG.debugf("Broker %s is still away, trying again in %d ms: %s", broker, pause.toMillis(), why);
    }

    static void hangsUpOn(DeviceId device, RequestId command, String why) {
        LOG.warnf("Command %s of device %s is not published again: %s", command, device, why);
    }

    static void broken(DeviceId device, Throwable cause) {
        LOG.errorf(cause, "The turn of device %s met an error of this service", device);
    }
}
