package io.preservarium.pusher.operator.installation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.journal.records.RecordPlace;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import java.net.URI;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Everything this service logs: what an operator can act on, with ids, never payloads. */
public final class OperatorLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.operator");

    private OperatorLog() {}

    public static void serves(String name, UUID uid, String namespaces, boolean leaderElection) {
        LOG.infof(
                "operator of installation %s (%s) serves DeviceCommands in %s, leader election is %s",
                name, uid, namespaces, leaderElection ? "on" : "off");
    }

    public static void published(DeviceCommand resource, RequestId request, DeviceId device) {
        LOG.debugf("%s: command %s for device %s is in Kafka", name(resource), request, device);
    }

    public static void found(DeviceCommand resource, RequestId request, DeviceId device) {
        LOG.infof(
                "%s: command %s for device %s was in Kafka already and is not published again",
                name(resource), request, device);
    }

    public static void kafkaAway(String why) {
        LOG.warnf("Kafka does not take commands, which wait and are tried again: %s", why);
    }

    public static void kafkaBack() {
        LOG.info("Kafka takes commands again");
    }

    public static void statusApiAway(URI url, String why) {
        LOG.warnf(
                "the status API at %s does not say which commands are in Kafka; they wait until it does: %s", url, why);
    }

    public static void statusApiBack(URI url) {
        LOG.infof("the status API at %s answers again", url);
    }

    public static void refused(DeviceCommand resource, String why) {
        LOG.infof("%s is not published: %s", name(resource), why);
    }

    public static void leadershipLost() {
        LOG.error("the lease is lost: this process ends at once, another replica works");
    }

    public static void readingStarts(String topic, String group) {
        LOG.infof("status events are read from %s as group %s", topic, group);
    }

    public static void readingTrouble(String topic, String why) {
        LOG.warnf("status events cannot be read from %s: %s", topic, why);
    }

    public static void readingWorks(String topic) {
        LOG.infof("status events are read from %s again", topic);
    }

    public static void skipped(RecordPlace place, String why) {
        LOG.warnf("record %s is stepped over: %s", place, why);
    }

    public static void readingFailed(String step, Throwable failure) {
        LOG.errorf(failure, "%s failed while status events were read; the reading goes on", step);
    }

    public static void takesScripts(String label, String namespaces) {
        LOG.infof("parser scripts are taken from ConfigMaps with the label %s in %s", label, namespaces);
    }

    public static void takesNoScripts() {
        LOG.info(
                "ConfigMaps are not taken as parser scripts: set INTERNAL_TOKEN to the token of pusher-api if they shall be");
    }

    public static void scriptLive(String owner, ParserRef ref, Digest sha256, int examples) {
        LOG.infof("%s: parser script %s is live as sha256 %s, examples passed: %d", owner, ref, sha256, examples);
    }

    public static void scriptNotLive(String owner, ParserRef ref, String state, String why) {
        LOG.infof("%s: parser script %s is %s: %s", owner, ref, state, why);
    }

    public static void scriptRemoved(String owner, ParserRef ref) {
        LOG.infof("%s: parser script %s is removed", owner, ref);
    }

    public static void parserApiAway(URI url, String why) {
        LOG.warnf(
                "pusher-api at %s does not say which parser scripts are live; ConfigMaps wait until it does: %s",
                url, why);
    }

    public static void parserApiBack(URI url) {
        LOG.infof("pusher-api at %s says again which parser scripts are live", url);
    }

    public static void scriptsWait(String why) {
        LOG.warnf("pusher-api does not change parser scripts at the moment, which is tried again: %s", why);
    }

    public static void scriptsTaken() {
        LOG.info("pusher-api changes parser scripts again");
    }

    public static void notLooked(String why) {
        LOG.warnf("ConfigMaps that lost their label cannot be looked for, which is tried again: %s", why);
    }

    public static void notTold(HasMetadata resource, String why) {
        LOG.debugf("%s: an Event could not be written: %s", name(resource), why);
    }

    private static String name(HasMetadata resource) {
        return resource.getMetadata().getNamespace() + "/"
                + resource.getMetadata().getName();
    }
}
