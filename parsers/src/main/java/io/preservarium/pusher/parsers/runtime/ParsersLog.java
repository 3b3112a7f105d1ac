package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import java.lang.invoke.MethodHandles;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;
import org.jboss.logging.annotations.ValidIdRange;

/**
 * Every log message of this module. Payloads never appear; a script's own error text does, as it does in the status.
 * Ids 1 to 99.
 */
@MessageLogger(projectCode = "PUSHER-", length = 3)
@ValidIdRange(min = 1, max = 99)
public interface ParsersLog {

    ParsersLog LOG =
            Logger.getMessageLogger(MethodHandles.lookup(), ParsersLog.class, "io.preservarium.pusher.parsers");

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 1, value = "Script context of %s ready after %d ms")
    void contextReady(String worker, long millis);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 2, value = "Script context of %s could not be created; trying again")
    void contextFailed(@Cause Throwable cause, String worker);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 3, value = "Parser script %s (sha256 %s) was stopped: %s")
    void limitBroken(ParserRef ref, Digest sha256, String what);

    @LogMessage(level = Logger.Level.WARN)
    @Message(
            id = 4,
            value =
                    "Parser script %s (sha256 %s) is quarantined for %d s: it broke its limits for one device after the other")
    void quarantined(ParserRef ref, Digest sha256, long seconds);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(
            id = 5,
            value = "Parser script %s (sha256 %s) could not be stopped: its thread is given up and burns a processor"
                    + " until the process ends; it does not run for this device again")
    void threadLost(ParserRef ref, Digest sha256);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(
            id = 6,
            value = "Parser script %s (sha256 %s) does not run any more until another version is live or the process is"
                    + " restarted: it could not be stopped more than once")
    void barred(ParserRef ref, Digest sha256);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 7, value = "Parser script %s (sha256 %s) was refused by the engine: %s")
    void engineRefused(ParserRef ref, Digest sha256, String message);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 8, value = "The watchdog of the script threads failed at one of them and goes on")
    void watchdogFailed(@Cause Throwable cause);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 9, value = "Metrics of the script runtime could not be counted")
    void metricsFailed(@Cause Throwable cause);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 10, value = "The script runtime itself failed while running %s")
    void broken(@Cause Throwable cause, ParserRef ref);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 11, value = "Parser script %s (sha256 %s) returned what JSON cannot say; it was changed: %s")
    void outputsChanged(ParserRef ref, Digest sha256, String how);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 12, value = "A script context could not be closed in order")
    void contextNotClosed(@Cause Throwable cause);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 13, value = "Parser script %s (sha256 %s): its worker process ended with code %d during a call")
    void processEnded(ParserRef ref, Digest sha256, int exitCode);
}
