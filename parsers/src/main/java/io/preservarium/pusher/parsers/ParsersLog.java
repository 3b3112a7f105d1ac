package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import java.nio.file.Path;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Every log message of this module. Payloads never appear; a script's own error text does, as it does in the status. */
final class ParsersLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.parsers");

    private ParsersLog() {}

    static void listed(ParserLayer layer, int scripts) {
        LOG.infof("Parser scripts of layer %s listed: %d", layer, scripts);
    }

    static void contextReady(String worker, Duration took) {
        LOG.infof("Script context of %s ready after %d ms", worker, took.toMillis());
    }

    static void contextFailed(String worker, Throwable cause) {
        LOG.errorf(cause, "Script context of %s could not be created; trying again", worker);
    }

    static void fileRefused(Path file, String why) {
        LOG.warnf("Parser script %s is not taken: %s", file, why);
    }

    static void directoryUnreadable(Path directory, String why) {
        LOG.warnf("PARSER_SCRIPTS_DIR %s cannot be read, its scripts stay as they were: %s", directory, why);
    }

    static void directoryChanged(ParserVersion version) {
        LOG.infof("Parser script %s of PARSER_SCRIPTS_DIR is live: sha256 %s", version.ref(), version.sha256());
    }

    static void published(ParserVersion version, String owner) {
        LOG.infof("Parser script %s of %s is live: sha256 %s", version.ref(), owner, version.sha256());
    }

    static void removed(ParserRef ref) {
        LOG.infof("Parser script %s was removed from the script topic", ref);
    }

    static void recordRefused(String key, String why) {
        LOG.warnf("Record %s of the script topic is not taken, what was live stays: %s", key, why);
    }

    static void topicAway(String topic, String why) {
        LOG.warnf(
                "Script topic %s cannot be read from Kafka, no command goes out before: %s; trying again", topic, why);
    }

    static void notReported(ParserRef ref, String why) {
        LOG.warnf("What became of parser script %s could not be reported: %s", ref, why);
    }

    static void notRecalled(String topic, String why) {
        LOG.warnf("%s cannot be read, so what became of each parser script is reported anew: %s", topic, why);
    }

    static void limitBroken(ParserVersion version, String what) {
        LOG.warnf("Parser script %s (sha256 %s) was stopped: %s", version.ref(), version.sha256(), what);
    }

    static void quarantined(ParserVersion version, Duration howLong) {
        LOG.warnf(
                "Parser script %s (sha256 %s) is quarantined for %d s: it broke its limits for one device after the other",
                version.ref(), version.sha256(), howLong.toSeconds());
    }

    static void threadLost(ParserVersion version) {
        LOG.errorf(
                "Parser script %s (sha256 %s) could not be stopped: its thread is given up and burns a processor until the"
                        + " process ends; it does not run for this device again",
                version.ref(), version.sha256());
    }

    static void barred(ParserVersion version) {
        LOG.errorf(
                "Parser script %s (sha256 %s) does not run any more until another version is live or the process is"
                        + " restarted: it could not be stopped more than once",
                version.ref(), version.sha256());
    }

    static void engineRefused(ParserVersion version, String message) {
        LOG.warnf(
                "Parser script %s (sha256 %s) was refused by the engine: %s",
                version.ref(), version.sha256(), ForeignText.bounded(message, ScriptResult.MAX_MESSAGE));
    }

    static void outputsChanged(ParserVersion version, String how) {
        LOG.warnf(
                "Parser script %s (sha256 %s) returned what JSON cannot say; it was changed: %s",
                version.ref(), version.sha256(), how);
    }

    static void watchdogFailed(Throwable cause) {
        LOG.error("The watchdog of the script threads failed at one of them and goes on", cause);
    }

    static void metricsFailed(Throwable cause) {
        LOG.warn("Metrics of the script runtime could not be counted", cause);
    }

    static void broken(ParserRef ref, Throwable cause) {
        LOG.errorf(cause, "The script runtime itself failed while running %s", ref);
    }
}
