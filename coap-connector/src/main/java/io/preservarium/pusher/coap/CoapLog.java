package io.preservarium.pusher.coap;

import java.net.InetSocketAddress;
import java.util.Collection;
import org.jboss.logging.Logger;

/** Every log message of this module. Payloads never appear. */
final class CoapLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.coap");
    private static final int LONGEST = 300;
    private static final CoapLogBudget BUDGET = new CoapLogBudget(10, System::nanoTime);

    private CoapLog() {}

    static void listening(InetSocketAddress address, Collection<String> paths) {
        LOG.infof("CoAP connector listens at coap://%s:%d for %s", address.getHostString(), address.getPort(), paths);
    }

    static void identityIsClaimed(Collection<String> paths) {
        LOG.warnf(
                "Plain CoAP proves no identity: whoever names a device at %s gets that device's commands;"
                        + " every delivery says identity=claimed. Keep this port inside a network you trust",
                paths);
    }

    static void unreadable(CoapArrival arrival, String why) {
        withinBudget(
                Logger.Level.INFO,
                "Uplink to %s from %s could not be read and is not recorded: %s",
                printable(arrival.path()),
                arrival.peer(),
                printable(why));
    }

    static void tooLarge(CoapArrival arrival, String why) {
        withinBudget(
                Logger.Level.WARN,
                "Uplink of %d bytes to %s from %s is not recorded, and its device is told so: %s",
                arrival.payload().length,
                printable(arrival.path()),
                arrival.peer(),
                printable(why));
    }

    static void notRecorded(CoapArrival arrival, String why) {
        LOG.debugf(
                "Uplink to %s from %s is not recorded: %s", printable(arrival.path()), arrival.peer(), printable(why));
    }

    static void broken(CoapArrival arrival, Throwable cause) {
        LOG.errorf(
                cause, "Uplink to %s from %s met an error of this service", printable(arrival.path()), arrival.peer());
    }

    /** For lines that anybody who can send a datagram can cause. */
    private static void withinBudget(Logger.Level level, String format, Object... parameters) {
        BUDGET.line().ifPresent(unsaid -> {
            if (unsaid > 0) {
                LOG.logf(level, "%d lines about uplinks were left out", unsaid);
            }
            LOG.logf(level, format, parameters);
        });
    }

    /** What devices and scripts say can be long, and can try to look like lines of this log. */
    private static String printable(String text) {
        String bounded = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
        return bounded.codePoints().anyMatch(Character::isISOControl) ? bounded.replaceAll("\\p{Cntrl}", "?") : bounded;
    }
}
