package io.preservarium.pusher.operator.parser;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceDeleteEvent;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.operator.installation.OperatorLog;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Looks at start and now and then for what no event tells: scripts of a ConfigMap that went or lost its label while nobody
 * watched, and scripts that the topic lost. It only wakes the reconciler, which looks for itself before it changes anything.
 */
final class ParserRescan extends AbstractEventSource<ConfigMap, ConfigMap> {

    private static final Duration EVERY = Duration.ofMinutes(5);

    /** The framework logs uid and version of what it hands on, and must have some. */
    private static final String NONE = "none";

    /** Reads the script topic and says so when it cannot. */
    interface Topic {
        ParserApi.Listing list() throws InterruptedException;
    }

    private final Topic topic;
    private final ParserConfigMaps configMaps;
    private final ParserNamespaces namespaces;
    private final Duration retryAfter;
    private final IndexedResourceCache<ConfigMap> watched;
    private final Semaphore wakes = new Semaphore(0);
    private volatile Optional<Thread> thread = Optional.empty();
    private boolean hasFoundUnlabelled;

    ParserRescan(
            Topic topic,
            ParserConfigMaps configMaps,
            ParserNamespaces namespaces,
            Duration retryAfter,
            IndexedResourceCache<ConfigMap> watched) {
        super(ConfigMap.class, "parser-rescan");
        this.topic = topic;
        this.configMaps = configMaps;
        this.namespaces = namespaces;
        this.retryAfter = retryAfter;
        this.watched = watched;
    }

    @Override
    public Set<ConfigMap> getSecondaryResources(ConfigMap primary) {
        return Set.of();
    }

    @Override
    public void start() {
        super.start();
        thread = Optional.of(
                Thread.ofPlatform().daemon().name("pusher-operator-parsers").start(this::run));
    }

    /** The next round comes after RETRY_AFTER. */
    void scanSoon() {
        wakes.release();
    }

    private void run() {
        try {
            boolean isQuiet = scan();
            while (isRunning()) {
                if (isQuiet) {
                    var unused = wakes.tryAcquire(EVERY.toMillis(), TimeUnit.MILLISECONDS);
                }
                Thread.sleep(retryAfter);
                wakes.drainPermits();
                watched.keys().toList().forEach(this::wake);
                isQuiet = scan();
            }
        } catch (InterruptedException e) {
            // stop() ends the loop
        }
    }

    /** Whether nothing was found that must be looked at again. */
    private boolean scan() throws InterruptedException {
        return switch (topic.list()) {
            case ParserApi.Listing.Unavailable unavailable -> false;
            case ParserApi.Listing.Scripts scripts -> {
                Set<ParserOwner> orphaned = orphaned(scripts);
                Optional<Set<ParserOwner>> unlabelled = unlabelled();
                unlabelled.ifPresent(orphaned::addAll);
                orphaned.forEach(this::wakeOrphaned);
                yield orphaned.isEmpty() && unlabelled.isPresent();
            }
        };
    }

    private Set<ParserOwner> orphaned(ParserApi.Listing.Scripts scripts) {
        return scripts.all().values().stream()
                .flatMap(script -> ParserOwner.ofWord(script.owner()).stream())
                .filter(namespaces::admit)
                .filter(owner -> !watched.contains(id(owner)))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Once; what loses the label from now on is seen. Empty if it cannot be said. */
    private Optional<Set<ParserOwner>> unlabelled() {
        if (hasFoundUnlabelled) {
            return Optional.of(Set.of());
        }
        try {
            Set<ParserOwner> unlabelled = Set.copyOf(configMaps.unlabelled(namespaces));
            hasFoundUnlabelled = unlabelled.isEmpty();
            return Optional.of(unlabelled);
        } catch (KubernetesClientException e) {
            OperatorLog.LOG.notLooked(KafkaSettings.why(e));
            return Optional.empty();
        }
    }

    private void wake(ResourceID id) {
        watched.get(id).ifPresent(configMap -> getEventHandler()
                .handleEvent(new ResourceEvent(ResourceAction.UPDATED, id, configMap)));
    }

    /** The framework wakes for what it does not watch only by the event of a deletion. */
    private void wakeOrphaned(ParserOwner owner) {
        ConfigMap stub = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(owner.namespace())
                .withName(owner.name())
                .withUid(NONE)
                .withResourceVersion(NONE)
                .endMetadata()
                .build();
        getEventHandler().handleEvent(new ResourceDeleteEvent(ResourceAction.DELETED, id(owner), stub, true));
    }

    private static ResourceID id(ParserOwner owner) {
        return new ResourceID(owner.name(), owner.namespace());
    }

    @Override
    public void stop() {
        super.stop();
        thread.ifPresent(Thread::interrupt);
    }
}
