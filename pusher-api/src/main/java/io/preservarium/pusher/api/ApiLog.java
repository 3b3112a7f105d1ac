package io.preservarium.pusher.api;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.RequestId;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/** Everything this service logs: what an operator can act on, with ids, never payloads. */
final class ApiLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.api");

    private ApiLog() {}

    static void openToEverybody() {
        LOG.warn("AUTH=none: everybody who reaches this port may command every device");
    }

    static void kafkaState(KafkaState state) {
        if (state instanceof KafkaState.Ready) {
            LOG.info(state.message());
        } else {
            LOG.warn(state.message());
        }
    }

    static void accepted(RequestId request, DeviceId device) {
        LOG.debugf("command %s for device %s is in Kafka", request, device);
    }

    static void notTaken(RequestId request, DeviceId device, Published.Outcome outcome, String why) {
        LOG.warnf("command %s for device %s: %s, %s", request, device, outcome.word(), why);
    }

    static void viewStarts(String applicationId, String instanceId, Path stateDir) {
        LOG.infof("the status view %s starts as %s, its state is in %s", applicationId, instanceId, stateDir);
    }

    static void viewReady() {
        LOG.info("the status view is ready");
    }

    static void viewTrouble(String why) {
        LOG.warn(why);
    }

    static void viewThreadFailed(Throwable cause) {
        LOG.error("a thread of the status view failed and is replaced", cause);
    }

    static void overdue(RequestId request, DeviceId device, String state) {
        LOG.infof("command %s for device %s was overdue without a word of a connector: %s", request, device, state);
    }

    static void unreadableStatus(String topic, int partition, long offset) {
        LOG.warnf("%s-%d-%d is not a status event and is stepped over", topic, partition, offset);
    }

    static void scriptPublished(ParserRef ref, Digest sha256, String owner) {
        LOG.infof("parser script %s of %s is in Kafka: sha256 %s", ref, owner, sha256);
    }

    static void scriptRemoved(ParserRef ref, String owner) {
        LOG.infof("parser script %s of %s is removed", ref, owner);
    }

    static void noConnector(ParserRef ref, String why) {
        LOG.warnf("no connector could check parser script %s: %s", ref, why);
    }

    static void broken(String method, String path, Throwable cause) {
        LOG.errorf(cause, "%s %s failed", method, path);
    }
}
