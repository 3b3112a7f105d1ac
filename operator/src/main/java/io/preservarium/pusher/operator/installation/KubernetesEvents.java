package io.preservarium.pusher.operator.installation;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.preservarium.pusher.journal.KafkaSettings;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Kubernetes Events about a resource. Beside the work, never in its way: what cannot be told in time is left out. Each step
 * has one name, so telling it twice leaves one Event.
 */
public final class KubernetesEvents {

    private static final int WAITING = 10_000;
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_MESSAGE = 1000;

    private final KubernetesClient client;
    private final Clock clock;
    private final ThreadPoolExecutor teller;

    public KubernetesEvents(KubernetesClient client, Clock clock) {
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

    /**
     * @param step lower-case letters, digits, hyphens; its own for each thing there is to tell of the resource
     * @param type Normal or Warning
     */
    public void tell(HasMetadata resource, String step, String type, String reason, String message) {
        Instant now = clock.instant();
        teller.execute(() -> write(resource, step, type, reason, bounded(message), now));
    }

    private void write(HasMetadata resource, String step, String type, String reason, String message, Instant now) {
        String name = resource.getMetadata().getName();
        String uid = resource.getMetadata().getUid();
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            client.v1()
                    .events()
                    .inNamespace(resource.getMetadata().getNamespace())
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withNamespace(resource.getMetadata().getNamespace())
                            .withName(cut(name) + "." + uid.substring(0, 8) + "." + step.toLowerCase(Locale.ROOT))
                            .endMetadata()
                            .withNewInvolvedObject()
                            .withApiVersion(resource.getApiVersion())
                            .withKind(resource.getKind())
                            .withNamespace(resource.getMetadata().getNamespace())
                            .withName(name)
                            .withUid(uid)
                            .withResourceVersion(resource.getMetadata().getResourceVersion())
                            .endInvolvedObject()
                            .withType(type)
                            .withReason(reason)
                            .withMessage(message)
                            .withFirstTimestamp(time)
                            .withLastTimestamp(time)
                            .withCount(1)
                            .withNewSource()
                            .withComponent(ServerSideApply.FIELD_MANAGER)
                            .endSource()
                            .withReportingComponent(ServerSideApply.FIELD_MANAGER)
                            .withReportingInstance(ServerSideApply.FIELD_MANAGER)
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                OperatorLog.LOG.notTold(resource, KafkaSettings.why(e));
            }
        }
    }

    /** Still a DNS subdomain name (RFC 1123), as names of Events are. */
    private static String cut(String name) {
        return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME).replaceAll("[.-]+$", "") : name;
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "…";
    }

    /** What is waiting is told, for a moment. */
    public void close() {
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
