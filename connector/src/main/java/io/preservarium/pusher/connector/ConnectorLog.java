package io.preservarium.pusher.connector;

import java.lang.invoke.MethodHandles;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;
import org.jboss.logging.annotations.ValidIdRange;

/** Every log message of this module. Ids 300 to 399; the protocols' logs go on at 400 and 500. */
@MessageLogger(projectCode = "PUSHER-", length = 3)
@ValidIdRange(min = 300, max = 399)
public interface ConnectorLog {

    ConnectorLog LOG =
            Logger.getMessageLogger(MethodHandles.lookup(), ConnectorLog.class, "io.preservarium.pusher.connector");

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 300, value = "%s stops: nothing new is taken on, %d on their way")
    void stopping(String connector, int open);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 301, value = "%s stops with %d on their way; they are delivered again later")
    void undrained(String connector, int open);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 302, value = "A call of another service met an error of this one")
    void callBroken(@Cause Throwable cause);
}
