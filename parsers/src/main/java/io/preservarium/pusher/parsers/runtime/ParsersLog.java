package io.preservarium.pusher.parsers.runtime;

import io.preservarium.pusher.command.ForeignText;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.parsers.context.ScriptResult;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Every log message of this module. Payloads never appear; a script's own error text does, as it does in the status. */
final class RuntimeLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.parsers");

    private RuntimeLog() {}

    static void contextReady(String worker, Duration took) {
        LOG.infof("Script context of %s ready after %d ms", worker, took.toMillis());
    }

    static void contextFailed(String worker, Throwable cause) {
        LOG.errorf(cause, "Script context of %s could not be created; trying again", worker);
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
