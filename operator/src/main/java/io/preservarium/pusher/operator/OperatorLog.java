package io.preservarium.pusher.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import java.net.URI;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Everything this service logs: what an operator can act on, with ids, never payloads. */
final class OperatorLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.operator");

    private OperatorLog() {}

    static void serves(String name, UUID uid, String namespaces, boolean leaderElection) {
        LOG.infof(
                "operator of installation %s (%s) serves DeviceCommands in %s, leader election is %s",
                name, uid, namespaces, leaderElection ? "on" : "off");
    }

    static void published(DeviceCommand resource, RequestId request, DeviceId device) {
        LOG.debugf("%s: command %s for device %s is in Kafka", name(resource), request, device);
    }

    static void found(DeviceCommand resource, RequestId request, DeviceId device) {
        LOG.infof(
                "%s: command %s for device %s was in Kafka already and is not published again",
                name(resource), request, device);
    }

    static void kafkaAway(String why) {
        LOG.warnf("Kafka does not take commands, which wait and are tried again: %s", why);
    }

    static void kafkaBack() {
        LOG.info("Kafka takes commands again");
    }

    static void statusApiAway(URI url, String why) {
        LOG.warnf(
                "the status API at %s does not say which commands are in Kafka; they wait until it does: %s", url, why);
    }

    static void statusApiBack(URI url) {
        LOG.infof("the status API at %s answers again", url);
    }

    static void refused(DeviceCommand resource, Verdict.Refused refused) {
        LOG.infof("%s is not published: %s", name(resource), refused.message());
    }

    static void leadershipLost() {
        LOG.error("the lease is lost: this process ends at once, another replica works");
    }

    static void readingStarts(String topic, int partitions, String group) {
        LOG.infof("status events are read from %s, %d partitions, as group %s", topic, partitions, group);
    }

    static void readingTrouble(String topic, String why) {
        LOG.warnf("status events cannot be read from %s: %s", topic, why);
    }

    static void readingWorks(String topic) {
        LOG.infof("status events are read from %s again", topic);
    }

    static void notAStatusEvent(String topic, int partition, long offset) {
        LOG.warnf("%s-%d-%d is not a status event and is stepped over", topic, partition, offset);
    }

    static void takesScripts(ParserNamespaces namespaces) {
        LOG.infof(
                "parser scripts are taken from ConfigMaps with the label %s in %s", ParserConfigMaps.LABEL, namespaces);
    }

    static void takesNoScripts() {
        LOG.info(
                "ConfigMaps are not taken as parser scripts: set INTERNAL_TOKEN to the token of pusher-api if they shall be");
    }

    static void script(ParserOwner owner, ParserRef ref, ScriptStanding standing) {
        switch (standing) {
            case ScriptStanding.Live live ->
                LOG.infof(
                        "%s: parser script %s is live as sha256 %s, examples passed: %d",
                        owner, ref, live.sha256(), live.examples());
            case ScriptStanding.Waiting waiting ->
                LOG.infof("%s: parser script %s waits: %s", owner, ref, waiting.message());
            case ScriptStanding.Owned owned ->
                LOG.infof("%s: parser script %s is not taken: %s", owner, ref, owned.message());
            case ScriptStanding.Refused refused ->
                LOG.infof("%s: parser script %s is refused: %s", owner, ref, refused.message());
        }
    }

    static void scriptRemoved(ParserOwner owner, ParserRef ref) {
        LOG.infof("%s: parser script %s is removed", owner, ref);
    }

    static void parserApiAway(URI url, String why) {
        LOG.warnf(
                "pusher-api at %s does not say which parser scripts are live; ConfigMaps wait until it does: %s",
                url, why);
    }

    static void parserApiBack(URI url) {
        LOG.infof("pusher-api at %s says again which parser scripts are live", url);
    }

    static void scriptsWait(String why) {
        LOG.warnf("pusher-api does not change parser scripts at the moment, which is tried again: %s", why);
    }

    static void scriptsTaken() {
        LOG.info("pusher-api changes parser scripts again");
    }

    static void notLooked(String why) {
        LOG.warnf("ConfigMaps that lost their label cannot be looked for, which is tried again: %s", why);
    }

    static void notTold(HasMetadata resource, String why) {
        LOG.debugf("%s: an Event could not be written: %s", name(resource), why);
    }

    private static String name(HasMetadata resource) {
        return resource.getMetadata().getNamespace() + "/"
                + resource.getMetadata().getName();
    }
}
