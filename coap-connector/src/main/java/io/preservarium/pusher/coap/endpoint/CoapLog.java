package io.preservarium.pusher.coap.endpoint;

import java.lang.invoke.MethodHandles;
import java.util.Collection;
import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;
import org.jboss.logging.annotations.ValidIdRange;

/** Every log message of this module; what uplinks cause comes through {@code CoapUplinkLog}. Payloads never appear. Ids 400 to 499. */
@MessageLogger(projectCode = "PUSHER-", length = 3)
@ValidIdRange(min = 400, max = 499)
public interface CoapLog extends BasicLogger {

    CoapLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), CoapLog.class, "io.preservarium.pusher.coap");

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 400, value = "CoAP connector listens at coap://%s:%d for %s")
    void listening(String host, int port, Collection<String> paths);

    @LogMessage(level = Logger.Level.WARN)
    @Message(
            id = 401,
            value = "Plain CoAP proves no identity: whoever names a device at %s gets that device's commands;"
                    + " every delivery says identity=claimed. Keep this port inside a network you trust")
    void identityIsClaimed(Collection<String> paths);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 402, value = "Uplink to %s from %s could not be read and is not recorded: %s")
    void unreadable(String path, String peer, String why);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 403, value = "Uplink of %d bytes to %s from %s is not recorded, and its device is told so: %s")
    void tooLarge(int bytes, String path, String peer, String why);

    @LogMessage(level = Logger.Level.DEBUG)
    @Message(id = 404, value = "Uplink to %s from %s is not recorded: %s")
    void notRecorded(String path, String peer, String why);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 405, value = "Uplink to %s from %s met an error of this service")
    void broken(@Cause Throwable cause, String path, String peer);

    /** Before a line of level INFO. */
    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 406, value = "%d lines about uplinks were left out")
    void leftOut(long lines);

    /** Before a line of level WARN, so that who reads warnings only knows of it. */
    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 407, value = "%d lines about uplinks were left out")
    void leftOutBeforeWarning(long lines);
}
