package io.preservarium.pusher.coap;

import java.net.InetSocketAddress;
import java.util.Collection;
import org.jboss.logging.Logger;

/** Every log message of this module. Payloads never appear. */
final class CoapLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.coap");
    private static final int LONGEST = 300;

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
        LOG.infof(
                "Uplink to %s from %s could not be read and is not recorded: %s",
                arrival.path(), arrival.peer(), bounded(why));
    }

    static void notRecorded(CoapArrival arrival, String why) {
        LOG.debugf("Uplink to %s from %s is not recorded: %s", arrival.path(), arrival.peer(), bounded(why));
    }

    static void broken(CoapArrival arrival, Throwable cause) {
        LOG.errorf(cause, "Uplink to %s from %s met an error of this service", arrival.path(), arrival.peer());
    }

    /** A script's own words can be long. */
    private static String bounded(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
