package io.preservarium.pusher.operator.installation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.journal.records.RecordPlace;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.FormatWith;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;
import org.jboss.logging.annotations.ValidIdRange;

/** Everything this service logs: what an operator can act on, never payloads. Ids 600 to 699. */
@MessageLogger(projectCode = "PUSHER-", length = 3)
@ValidIdRange(min = 600, max = 699)
public interface OperatorLog {

    OperatorLog LOG =
            Logger.getMessageLogger(MethodHandles.lookup(), OperatorLog.class, "io.preservarium.pusher.operator");

    /** A resource as {@code namespace/name}, put together only when the line is written. */
    record Named(HasMetadata resource) {
        @Override
        public String toString() {
            return resource.getMetadata().getNamespace() + "/"
                    + resource.getMetadata().getName();
        }
    }

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 600, value = "Operator of installation %s (%s) serves DeviceCommands in %s; with leader election: %s")
    void serves(String name, UUID uid, String namespaces, boolean leaderElection);

    @LogMessage(level = Logger.Level.DEBUG)
    @Message(id = 601, value = "%s: command %s for device %s is in Kafka")
    void published(@FormatWith(Named.class) HasMetadata resource, RequestId request, DeviceId device);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 602, value = "%s: command %s for device %s was in Kafka already and is not published again")
    void found(@FormatWith(Named.class) HasMetadata resource, RequestId request, DeviceId device);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 603, value = "Kafka does not take commands, which wait and are tried again: %s")
    void kafkaAway(String why);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 604, value = "Kafka takes commands again")
    void kafkaBack();

    @LogMessage(level = Logger.Level.WARN)
    @Message(
            id = 605,
            value = "The status API at %s does not say which commands are in Kafka; they wait until it does: %s")
    void statusApiAway(URI url, String why);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 606, value = "The status API at %s answers again")
    void statusApiBack(URI url);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 607, value = "%s is not published: %s")
    void refused(@FormatWith(Named.class) HasMetadata resource, String why);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 608, value = "The lease is lost: this process ends at once, another replica works")
    void leadershipLost();

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 609, value = "Status events are read from %s as group %s")
    void readingStarts(String topic, String group);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 610, value = "Status events cannot be read from %s: %s")
    void readingTrouble(String topic, String why);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 611, value = "Status events are read from %s again")
    void readingWorks(String topic);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 612, value = "Record %s is stepped over: %s")
    void skipped(RecordPlace place, String why);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 613, value = "%s failed while status events were read; the reading goes on")
    void readingFailed(@Cause Throwable cause, String step);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 614, value = "Parser scripts are taken from ConfigMaps with the label %s in %s")
    void takesScripts(String label, String namespaces);

    @LogMessage(level = Logger.Level.INFO)
    @Message(
            id = 615,
            value =
                    "ConfigMaps are not taken as parser scripts: set INTERNAL_TOKEN to the token of pusher-api if they shall be")
    void takesNoScripts();

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 616, value = "%s: parser script %s is live as sha256 %s, examples passed: %d")
    void scriptLive(String owner, ParserRef ref, Digest sha256, int examples);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 617, value = "%s: parser script %s is %s: %s")
    void scriptNotLive(String owner, ParserRef ref, String state, String why);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 618, value = "%s: parser script %s is removed")
    void scriptRemoved(String owner, ParserRef ref);

    @LogMessage(level = Logger.Level.WARN)
    @Message(
            id = 619,
            value = "pusher-api at %s does not say which parser scripts are live; ConfigMaps wait until it does: %s")
    void parserApiAway(URI url, String why);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 620, value = "pusher-api at %s says again which parser scripts are live")
    void parserApiBack(URI url);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 621, value = "pusher-api does not change parser scripts at the moment, which is tried again: %s")
    void scriptsWait(String why);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 622, value = "pusher-api changes parser scripts again")
    void scriptsTaken();

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 623, value = "ConfigMaps that lost their label cannot be looked for, which is tried again: %s")
    void notLooked(String why);

    @LogMessage(level = Logger.Level.DEBUG)
    @Message(id = 624, value = "%s: an Event could not be written: %s")
    void notTold(@FormatWith(Named.class) HasMetadata resource, String why);
}
