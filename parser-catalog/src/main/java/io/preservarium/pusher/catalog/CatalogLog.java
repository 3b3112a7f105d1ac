package io.preservarium.pusher.catalog;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;
import org.jboss.logging.annotations.ValidIdRange;

/** Every log message of this module. Ids 100 to 199. */
@MessageLogger(projectCode = "PUSHER-", length = 3)
@ValidIdRange(min = 100, max = 199)
interface CatalogLog {

    CatalogLog LOG =
            Logger.getMessageLogger(MethodHandles.lookup(), CatalogLog.class, "io.preservarium.pusher.catalog");

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 100, value = "Parser scripts of layer %s listed: %d")
    void listed(ParserLayer layer, int scripts);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 101, value = "Parser script %s is not taken: %s")
    void fileRefused(Path file, String why);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 102, value = "PARSER_SCRIPTS_DIR %s cannot be read, its scripts stay as they were: %s")
    void directoryUnreadable(Path directory, String why);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 103, value = "Parser script %s of PARSER_SCRIPTS_DIR is live: sha256 %s")
    void directoryChanged(ParserRef ref, Digest sha256);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 104, value = "Parser script %s of %s is live: sha256 %s")
    void published(ParserRef ref, String owner, Digest sha256);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 105, value = "Parser script %s was removed from the script topic")
    void removed(ParserRef ref);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 106, value = "Record %s of the script topic is not taken, what was live stays: %s")
    void recordRefused(String key, String why);

    @LogMessage(level = Logger.Level.WARN)
    @Message(
            id = 107,
            value = "Script topic %s cannot be read from Kafka, no command goes out before: %s; trying again")
    void topicAway(String topic, String why);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 108, value = "Script topic %s is read from Kafka again")
    void topicBack(String topic);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 109, value = "Reading script topic %s failed at %s and goes on")
    void topicStep(@Cause Throwable cause, String topic, String step);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 110, value = "What became of parser script %s could not be reported: %s")
    void notReported(ParserRef ref, String why);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 111, value = "%s cannot be read, so what became of each parser script is reported anew: %s")
    void notRecalled(String topic, String why);
}
