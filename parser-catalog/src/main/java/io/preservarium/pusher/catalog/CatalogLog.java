package io.preservarium.pusher.catalog;

import io.preservarium.pusher.command.ParserLayer;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/** Every log message of this module. */
final class CatalogLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.catalog");

    private CatalogLog() {}

    static void listed(ParserLayer layer, int scripts) {
        LOG.infof("Parser scripts of layer %s listed: %d", layer, scripts);
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

    static void topicBack(String topic) {
        LOG.infof("Script topic %s is read from Kafka again", topic);
    }

    static void topicStep(String topic, String step, Throwable cause) {
        LOG.errorf(cause, "Reading script topic %s failed at %s and goes on", topic, step);
    }

    static void notReported(ParserRef ref, String why) {
        LOG.warnf("What became of parser script %s could not be reported: %s", ref, why);
    }

    static void notRecalled(String topic, String why) {
        LOG.warnf("%s cannot be read, so what became of each parser script is reported anew: %s", topic, why);
    }
}
