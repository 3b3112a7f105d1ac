package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import org.jboss.logging.Logger;

/** All log messages of this module: ids and reasons, never payloads. */
public final class DeliveryLog {

    private static final Logger LOG = Logger.getLogger("io.preservarium.pusher.delivery");

    public void moved(RequestId request, DeviceId device, int from) {
        LOG.warnf(
                "command %s of device %s stood in partition %d, which is not its device's; moved. Let producers partition by murmur2 (librdkafka: partitioner=murmur2_random)",
                request, device, from);
    }

    public static void unreadable(String topic, int partition, long offset, Throwable cause) {
        LOG.errorf(cause, "record %s-%d-%d could not be read and went to the dead letters", topic, partition, offset);
    }

    public void invalid(String position, String message) {
        LOG.warnf("record %s is no command and went to the dead letters: %s", position, message);
    }

    public void decided(StatusEvent event) {
        LOG.debugf(
                "command %s of device %s: %s, attempt %d",
                event.requestId(), event.deviceId(), event.state().word(), event.attempt());
    }

    public void notWritten(StatusEvent event, Throwable cause) {
        LOG.errorf(
                "event %s (attempt %d) of command %s did not reach Kafka: %s; the command is looked at again",
                event.state().word(), event.attempt(), event.requestId(), cause.toString());
    }

    public void deviceFailed(DeviceId device, Throwable cause) {
        LOG.errorf(cause, "work for device %s failed; its commands are looked at again", device);
    }

    public void releasedInAHurry(int partition) {
        LOG.warnf("partition %d was taken away while something was still being written for it", partition);
    }

    public void waitingFor(String what) {
        LOG.infof("no commands are handed out yet: %s", what);
    }

    public void ready(int partitions) {
        LOG.infof("commands of %d partitions are handed out", partitions);
    }

    public void streamsFailed(Throwable cause) {
        LOG.errorf(cause, "the command store failed; its thread is replaced");
    }

    public void lookFailed(Throwable cause) {
        LOG.errorf(cause, "looking at the partitions failed; they are looked at again");
    }

    public void topicsMissing(String what) {
        LOG.warnf("cannot start yet: %s", what);
    }
}
