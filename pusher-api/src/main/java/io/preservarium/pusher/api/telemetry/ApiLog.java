package io.preservarium.pusher.api.telemetry;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.RequestId;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** Everything this service logs: what an operator can act on, with ids, never payloads. */
@MessageLogger(projectCode = "API", length = 3)
public interface ApiLog extends BasicLogger {

    ApiLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), ApiLog.class, "io.preservarium.pusher.api");

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 1, value = "AUTH=none: everybody who reaches this port may command every device")
    void openToEverybody();

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 2, value = "%s")
    void kafkaIsReady(String state);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 3, value = "%s")
    void kafkaIsNotReady(String state);

    @LogMessage(level = Logger.Level.DEBUG)
    @Message(id = 4, value = "command %s for device %s is in Kafka")
    void accepted(RequestId request, DeviceId device);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 5, value = "command %s for device %s: %s, %s")
    void notTaken(RequestId request, DeviceId device, String outcome, String why);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 6, value = "the status view %s starts as %s, its state is in %s")
    void viewStarts(String applicationId, String instanceId, Path stateDir);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 7, value = "the status view is ready")
    void viewReady();

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 8, value = "%s")
    void viewTrouble(String why);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 9, value = "a thread of the status view failed and is replaced")
    void viewThreadFailed(@Cause Throwable cause);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 10, value = "command %s for device %s was overdue without a word of a connector: %s")
    void overdue(RequestId request, DeviceId device, String state);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 11, value = "%s is not a status event and is stepped over")
    void unreadableStatus(String place);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 12, value = "parser script %s of %s is in Kafka: sha256 %s")
    void scriptPublished(ParserRef ref, String owner, Digest sha256);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 13, value = "parser script %s of %s is removed")
    void scriptRemoved(ParserRef ref, String owner);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 14, value = "no connector could check parser script %s: %s")
    void noConnector(ParserRef ref, String why);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 15, value = "%s %s failed")
    void requestFailed(@Cause Throwable cause, String method, String path);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 16, value = "the parser scripts are read again")
    void scriptsReadAgain();

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 17, value = "parser script record %s is stepped over: %s")
    void scriptSkipped(String place, String why);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 18, value = "following the parser scripts failed at %s")
    void scriptsFailed(@Cause Throwable cause, String step);
}
