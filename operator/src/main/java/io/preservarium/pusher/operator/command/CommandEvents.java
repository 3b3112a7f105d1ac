package io.preservarium.pusher.operator.command;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import io.preservarium.pusher.operator.installation.KubernetesEvents;

/** A command's resourceEvents as Kubernetes Events, for {@code kubectl describe}. */
final class CommandEvents {

    private final KubernetesEvents events;

    CommandEvents(KubernetesEvents events) {
        this.events = events;
    }

    void published(DeviceCommand resource, RequestId request) {
        events.tell(resource, "published", "Normal", "Published", "Kafka has the command as " + request);
    }

    void found(DeviceCommand resource, RequestId request) {
        events.tell(resource, "found", "Normal", "Found", "Kafka had the command already as " + request);
    }

    void cancelRequested(DeviceCommand resource) {
        events.tell(resource, "cancel", "Normal", "CancelRequested", "The connector is asked not to do it");
    }

    void refused(DeviceCommand resource, Verdict.Refused refused) {
        String type = refused.refusal() == Verdict.Refusal.CANCELLED ? "Normal" : "Warning";
        events.tell(resource, "refused", type, refused.refusal().word(), "Nothing was published: " + refused.message());
    }

    void kafkaAway(DeviceCommand resource, String why) {
        events.tell(resource, "kafka", "Warning", "KafkaUnavailable", "Kafka did not take the command yet: " + why);
    }

    void statusApiAway(DeviceCommand resource, String why) {
        events.tell(
                resource,
                "status-api",
                "Warning",
                "StatusUnavailable",
                "The status API does not say whether Kafka has the command: " + why);
    }

    /** One piece of evidence. */
    void happened(DeviceCommand resource, StatusEvent event) {
        String attempt = event.attempt() > 1 ? " (attempt " + event.attempt() + ")" : "";
        String reason = event.reason().map(why -> why + ": ").orElse("");
        events.tell(
                resource,
                event.attempt() + "-" + event.state().word().replace('_', '-'),
                isTrouble(event.state()) ? "Warning" : "Normal",
                Conditions.camel(event.state()),
                reason + event.message().orElseGet(() -> Conditions.sentence(event.state())) + attempt);
    }

    private static boolean isTrouble(CommandState state) {
        return switch (state) {
            case FAILED, EXPIRED, TIMED_OUT -> true;
            case ACCEPTED, QUEUED, SENDING, SENT, DELIVERED, SUCCEEDED, CANCELLED -> false;
        };
    }

    void close() {
        events.close();
    }
}
