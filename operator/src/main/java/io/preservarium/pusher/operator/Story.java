package io.preservarium.pusher.operator;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A command's story as Kubernetes Events, for {@code kubectl describe}. Beside the work, never in its way: what cannot be
 * told in time is left out. Each step has one name, so telling it twice leaves one Event.
 */
final class Story {

    private static final int WAITING = 10_000;
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_MESSAGE = 1000;

    private final KubernetesClient client;
    private final Clock clock;
    private final ThreadPoolExecutor teller;

    Story(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
        this.teller = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                work -> Thread.ofPlatform()
                        .daemon()
                        .name("pusher-operator-events")
                        .unstarted(work),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    void published(DeviceCommand resource, RequestId request) {
        tell(resource, "published", "Normal", "Published", "Kafka has the command as " + request);
    }

    void found(DeviceCommand resource, RequestId request) {
        tell(resource, "found", "Normal", "Found", "Kafka had the command already as " + request);
    }

    void cancelRequested(DeviceCommand resource) {
        tell(resource, "cancel", "Normal", "CancelRequested", "The connector is asked not to do it");
    }

    void refused(DeviceCommand resource, Verdict.Refused refused) {
        String type = refused.refusal() == Verdict.Refusal.CANCELLED ? "Normal" : "Warning";
        tell(resource, "refused", type, refused.refusal().word(), "Nothing was published: " + refused.message());
    }

    void kafkaAway(DeviceCommand resource, String why) {
        tell(resource, "kafka", "Warning", "KafkaUnavailable", "Kafka did not take the command yet: " + why);
    }

    void statusApiAway(DeviceCommand resource, String why) {
        tell(
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
        tell(
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

    private void tell(DeviceCommand resource, String step, String type, String reason, String message) {
        Instant now = clock.instant();
        teller.execute(() -> write(resource, step, type, reason, bounded(message), now));
    }

    private void write(DeviceCommand resource, String step, String type, String reason, String message, Instant now) {
        String name = resource.getMetadata().getName();
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            client.v1()
                    .events()
                    .inNamespace(resource.getMetadata().getNamespace())
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withNamespace(resource.getMetadata().getNamespace())
                            .withName((name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name) + "."
                                    + resource.uid().substring(0, 8) + "." + step.toLowerCase(Locale.ROOT))
                            .endMetadata()
                            .withNewInvolvedObject()
                            .withApiVersion(resource.getApiVersion())
                            .withKind(resource.getKind())
                            .withNamespace(resource.getMetadata().getNamespace())
                            .withName(name)
                            .withUid(resource.uid())
                            .withResourceVersion(resource.getMetadata().getResourceVersion())
                            .endInvolvedObject()
                            .withType(type)
                            .withReason(reason)
                            .withMessage(message)
                            .withFirstTimestamp(time)
                            .withLastTimestamp(time)
                            .withCount(1)
                            .withNewSource()
                            .withComponent(DeviceCommands.FIELD_MANAGER)
                            .endSource()
                            .withReportingComponent(DeviceCommands.FIELD_MANAGER)
                            .withReportingInstance(DeviceCommands.FIELD_MANAGER)
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                OperatorLog.notTold(resource, KafkaSettings.why(e));
            }
        }
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "…";
    }

    /** What is waiting is told, for a moment. */
    void close() {
        teller.shutdown();
        try {
            if (!teller.awaitTermination(2, TimeUnit.SECONDS)) {
                teller.shutdownNow();
            }
        } catch (InterruptedException e) {
            teller.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
