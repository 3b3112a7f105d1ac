package io.preservarium.pusher.parsers;

import io.preservarium.pusher.command.ParserVersion;
import org.jboss.logging.Logger;

/** What the parser port logs; the runtime below it has a log of its own. */
final class ParsersLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.parsers");

    private ParsersLog() {}

    static void outputsChanged(ParserVersion version, String how) {
        LOG.warnf(
                "Parser script %s (sha256 %s) returned what JSON cannot say; it was changed: %s",
                version.ref(), version.sha256(), how);
    }
}
