package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import java.lang.invoke.MethodHandles;
import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;
import org.jboss.logging.annotations.ValidIdRange;

/** Every log message of this module: ids and reasons, never payloads. Ids 200 to 299. */
@MessageLogger(projectCode = "PUSHER-", length = 3)
@ValidIdRange(min = 200, max = 299)
public interface DeliveryLog extends BasicLogger {

    DeliveryLog LOG =
            Logger.getMessageLogger(MethodHandles.lookup(), DeliveryLog.class, "io.preservarium.pusher.delivery");

    @LogMessage(level = Logger.Level.WARN)
    @Message(
            id = 200,
            value =
                    "Command %s of device %s stood in partition %d, which is not its device's; moved. Let producers partition by murmur2 (librdkafka: partitioner=murmur2_random)")
    void moved(RequestId request, DeviceId device, int from);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 201, value = "Record %s-%d-%d could not be read and went to the dead letters")
    void unreadable(@Cause Throwable cause, String topic, int partition, long offset);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 202, value = "Record %s is no command and went to the dead letters: %s")
    void invalid(String position, String message);

    /** Asks first, because every event of every command comes by here. */
    default void decided(StatusEvent event) {
        if (isDebugEnabled()) {
            decided(event.requestId(), event.deviceId(), event.state().word(), event.attempt());
        }
    }

    @LogMessage(level = Logger.Level.DEBUG)
    @Message(id = 203, value = "Command %s of device %s: %s, attempt %d")
    void decided(RequestId request, DeviceId device, String state, int attempt);

    default void notWritten(StatusEvent event, Throwable cause) {
        notWritten(event.state().word(), event.attempt(), event.requestId(), cause.toString());
    }

    @LogMessage(level = Logger.Level.ERROR)
    @Message(
            id = 204,
            value = "Event %s (attempt %d) of command %s did not reach Kafka: %s; the command is looked at again")
    void notWritten(String state, int attempt, RequestId request, String why);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 205, value = "Work for device %s failed; its commands are looked at again")
    void deviceFailed(@Cause Throwable cause, DeviceId device);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 206, value = "Partition %d was taken away while something was still being written for it")
    void releasedInAHurry(int partition);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 207, value = "No commands are handed out yet: %s")
    void waitingFor(String what);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 208, value = "Commands of %d partitions are handed out")
    void ready(int partitions);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 209, value = "The command store failed; its thread is replaced")
    void streamsFailed(@Cause Throwable cause);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 210, value = "Looking at the partitions failed; they are looked at again")
    void lookFailed(@Cause Throwable cause);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 211, value = "Cannot start yet: %s")
    void topicsMissing(String what);
}
