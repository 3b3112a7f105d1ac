package io.preservarium.pusher.mqtt.endpoint;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import java.lang.invoke.MethodHandles;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;
import org.jboss.logging.annotations.ValidIdRange;

/** Every log message of this module. Payloads never appear. Ids 500 to 599. */
@MessageLogger(projectCode = "PUSHER-", length = 3)
@ValidIdRange(min = 500, max = 599)
public interface MqttLog {

    MqttLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), MqttLog.class, "io.preservarium.pusher.mqtt");

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 500, value = "Broker %s connected as %s; it takes %d commands in flight")
    void connected(String broker, String clientId, int receiveMaximum);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 501, value = "Broker %s is away, commands wait until it is back: %s")
    void away(String broker, String why);

    @LogMessage(level = Logger.Level.DEBUG)
    @Message(id = 502, value = "Broker %s is still away, trying again in %d ms: %s")
    void stillAway(String broker, long pauseMillis, String why);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 503, value = "Command %s of device %s is not published again: %s")
    void hangsUpOn(RequestId command, DeviceId device, String why);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 504, value = "The turn of device %s met an error of this service")
    void broken(@Cause Throwable cause, DeviceId device);
}
