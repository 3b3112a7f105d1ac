package io.preservarium.pusher.operator.parser;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.operator.installation.KubernetesEvents;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.OperatorLog;
import io.preservarium.pusher.operator.installation.OperatorMetrics;
import io.preservarium.pusher.operator.installation.Outage;
import io.preservarium.pusher.operator.installation.PusherApi;
import io.preservarium.pusher.operator.parser.ParserObserved.Desired;
import io.preservarium.pusher.operator.parser.ParserObserved.Marks;
import io.preservarium.pusher.operator.parser.ParserObserved.OnTopic;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Does what {@link ParserPlan} decides about a ConfigMap of parser scripts, until there is nothing left to do but wait. */
@Singleton
@ControllerConfiguration(
        name = "parser-config-map",
        generationAwareEventProcessing = false,
        informer = @Informer(labelSelector = ParserConfigMaps.SELECTOR))
public class ParserConfigMapReconciler implements Reconciler<ConfigMap> {

    /** A check can take a minute, and DeviceCommands are reconciled by the same threads. */
    private static final int AT_ONCE = 8;

    private static final Duration UNTIL_A_PERMIT_IS_FREE = Duration.ofMillis(250);

    private final OperatorConfig config;
    private final ParserNamespaces namespaces;
    private final KubernetesSerialization json;
    private final ParserApi api;
    private final ParserConfigMaps configMaps;
    private final ParserEvents resourceEvents;
    private final OperatorMetrics metrics;
    private final Clock clock;
    private final Semaphore permits = new Semaphore(AT_ONCE);
    private final Outage apiAway = new Outage();
    private final Outage changesWait = new Outage();
    private final Set<ParserOwner> toldAway = ConcurrentHashMap.newKeySet();
    private volatile Optional<ParserRescan> rescan = Optional.empty();

    public ParserConfigMapReconciler(
            OperatorConfig config, KubernetesClient client, PusherApi pusherApi, MeterRegistry registry, Clock clock) {
        this.config = config;
        this.namespaces = ParserNamespaces.of(config.parserScripts(), client);
        this.json = client.getKubernetesSerialization();
        this.api = new ParserApi(config, pusherApi);
        this.configMaps = new ParserConfigMaps(client);
        this.resourceEvents = new ParserEvents(new KubernetesEvents(client, clock));
        this.metrics = new OperatorMetrics(registry);
        this.clock = clock;
    }

    public ParserNamespaces namespaces() {
        return namespaces;
    }

    @Override
    public List<EventSource<?, ConfigMap>> prepareEventSources(EventSourceContext<ConfigMap> context) {
        ParserRescan events =
                new ParserRescan(this::list, configMaps, namespaces, config.retryAfter(), context.getPrimaryCache());
        rescan = Optional.of(events);
        return List.of(events);
    }

    @Override
    public UpdateControl<ConfigMap> reconcile(ConfigMap resource, Context<ConfigMap> context)
            throws InterruptedException {
        Optional<Duration> pause = Optional.of(UNTIL_A_PERMIT_IS_FREE);
        if (permits.tryAcquire()) {
            try {
                pause = pass(ParserOwner.of(resource));
            } finally {
                permits.release();
            }
        }
        if (context.isPrimaryResourceDeleted()) {
            // After a deletion the framework knows no pause, and forgets what came meanwhile.
            rescan.ifPresent(ParserRescan::scanSoon);
            return UpdateControl.noUpdate();
        }
        return pause.map(time -> UpdateControl.<ConfigMap>noUpdate().rescheduleAfter(time))
                .orElseGet(UpdateControl::noUpdate);
    }

    /** What follows a step. */
    private sealed interface Turn {
        record Again(ParserObserved observed) implements Turn {}

        record Done(Optional<Duration> pause) implements Turn {}
    }

    /** Looks at the ConfigMap itself: the informer may be behind our own last write, and does not see one without label. */
    private Optional<Duration> pass(ParserOwner owner) throws InterruptedException {
        Optional<ConfigMap> configMap = configMaps.read(owner);
        Turn turn = new Turn.Again(observe(owner, configMap));
        while (turn instanceof Turn.Again again) {
            turn = turn(again.observed(), configMap);
        }
        return switch (turn) {
            case Turn.Again again -> throw new IllegalStateException("the loop above ends with another turn");
            case Turn.Done done -> done.pause();
        };
    }

    private ParserObserved observe(ParserOwner owner, Optional<ConfigMap> configMap) {
        return configMap
                .map(found -> {
                    Optional<String> annotation = ParserConfigMaps.annotation(found);
                    Marks marks = new Marks(
                            annotation.isPresent(),
                            annotation.flatMap(text -> ParserStatus.read(text, json)),
                            found.hasFinalizer(ParserConfigMaps.FINALIZER));
                    return ParserObserved.atFirst(owner, desired(found), marks);
                })
                .orElseGet(() -> ParserObserved.atFirst(owner, new Desired.Nothing(), Marks.NONE));
    }

    private static Desired desired(ConfigMap configMap) {
        if (configMap.isMarkedForDeletion()) {
            return new Desired.Deletion();
        }
        return ParserConfigMaps.isLabelled(configMap)
                ? new Desired.Scripts(ParserConfigMap.of(configMap))
                : new Desired.Nothing();
    }

    private Turn turn(ParserObserved observed, Optional<ConfigMap> configMap) throws InterruptedException {
        return switch (ParserPlan.decide(observed, config.retryAfter())) {
            case ParserPlan.LookUp step -> lookUp(observed, configMap);
            case ParserPlan.Hold step -> hold(observed, configMap);
            case ParserPlan.Put step -> put(observed, step);
            case ParserPlan.Remove step -> remove(observed, step.ref(), configMap);
            case ParserPlan.Note step -> note(observed, step, configMap);
            case ParserPlan.Free step -> free(observed, configMap);
            case ParserPlan.Rest step -> {
                if (observed.isAnswered()) {
                    toldAway.remove(observed.owner());
                }
                yield new Turn.Done(step.pause());
            }
        };
    }

    private Turn lookUp(ParserObserved observed, Optional<ConfigMap> configMap) throws InterruptedException {
        return switch (list()) {
            case ParserApi.Listing.Scripts scripts -> new Turn.Again(observed.with(new OnTopic.Scripts(scripts.all())));
            case ParserApi.Listing.Unavailable unavailable -> unreadable(observed, unavailable.why(), configMap);
        };
    }

    private ParserApi.Listing list() throws InterruptedException {
        ParserApi.Listing listing = api.list();
        switch (listing) {
            case ParserApi.Listing.Scripts scripts -> {
                if (apiAway.ends()) {
                    OperatorLog.LOG.parserApiBack(config.statusApi().url());
                }
            }
            case ParserApi.Listing.Unavailable unavailable -> {
                metrics.failed("parser-list");
                if (apiAway.begins()) {
                    OperatorLog.LOG.parserApiAway(config.statusApi().url(), unavailable.why());
                }
            }
        }
        return listing;
    }

    private Turn unreadable(ParserObserved observed, String why, Optional<ConfigMap> configMap) {
        if (!(observed.desired() instanceof Desired.Scripts) && observed.marks().hasFinalizer()) {
            configMap.ifPresent(found -> tellAway(found, why));
        }
        return new Turn.Again(observed.with(new OnTopic.Unreadable(why)));
    }

    private void tellAway(ConfigMap configMap, String why) {
        if (toldAway.add(ParserOwner.of(configMap))) {
            resourceEvents.away(configMap, why, clock.instant());
        }
    }

    private Turn hold(ParserObserved observed, Optional<ConfigMap> configMap) {
        return configMap
                .flatMap(found -> configMaps.mark(found, ParserConfigMaps.annotation(found), true))
                .<Turn>map(held -> new Turn.Again(observed.with(
                        new Marks(observed.marks().isNoted(), observed.marks().noted(), true))))
                .orElseGet(() -> new Turn.Done(Optional.empty()));
    }

    private Turn put(ParserObserved observed, ParserPlan.Put step) throws InterruptedException {
        ParserOwner owner = observed.owner();
        ParserRef ref = step.draft().ref();
        ParserApi.PutResult result = noteOutage(api.put(step.draft(), owner));
        ScriptOutcome outcome = ScriptOutcome.of(result, step.content(), observed.live(ref));
        if (outcome.state() != ScriptOutcome.State.WAITING) {
            log(owner, ref, outcome);
            metrics.script(outcome.state().word());
        }
        ParserObserved after = observed.tried(ref, outcome);
        return new Turn.Again(
                switch (result) {
                    case ParserApi.PutResult.Live live ->
                        after.published(ref, Optional.of(new ParserApi.LiveScript(owner.word(), live.sha256())));
                    case ParserApi.PutResult.Unavailable unavailable ->
                        after.with(new OnTopic.Unreadable(unavailable.why()));
                    case ParserApi.PutResult.Refused refused -> after;
                    case ParserApi.PutResult.Owned owned -> after;
                    case ParserApi.PutResult.Later later -> after;
                });
    }

    private static void log(ParserOwner owner, ParserRef ref, ScriptOutcome outcome) {
        String by = owner.toString();
        String state = outcome.state().word();
        switch (outcome) {
            case ScriptOutcome.Live live -> OperatorLog.LOG.scriptLive(by, ref, live.sha256(), live.examples());
            case ScriptOutcome.Waiting waiting -> OperatorLog.LOG.scriptNotLive(by, ref, state, waiting.message());
            case ScriptOutcome.Owned owned -> OperatorLog.LOG.scriptNotLive(by, ref, state, owned.message());
            case ScriptOutcome.Refused refused -> OperatorLog.LOG.scriptNotLive(by, ref, state, refused.message());
        }
    }

    /** An outage is said once, and its end. */
    private ParserApi.PutResult noteOutage(ParserApi.PutResult result) {
        switch (result) {
            case ParserApi.PutResult.Later later -> unanswered("parser-put", later.why());
            case ParserApi.PutResult.Unavailable unavailable -> unanswered("parser-put", unavailable.why());
            case ParserApi.PutResult.Live live -> answered();
            case ParserApi.PutResult.Refused refused -> answered();
            case ParserApi.PutResult.Owned owned -> answered();
        }
        return result;
    }

    private void unanswered(String step, String why) {
        metrics.failed(step);
        if (changesWait.begins()) {
            OperatorLog.LOG.scriptsWait(why);
        }
    }

    private void answered() {
        if (changesWait.ends()) {
            OperatorLog.LOG.scriptsTaken();
        }
    }

    private Turn remove(ParserObserved observed, ParserRef ref, Optional<ConfigMap> configMap)
            throws InterruptedException {
        return switch (api.delete(ref, observed.owner())) {
            case ParserApi.DeleteResult.Done done -> {
                answered();
                OperatorLog.LOG.scriptRemoved(observed.owner().toString(), ref);
                metrics.script("removed");
                configMap.ifPresent(found -> resourceEvents.removed(found, ref));
                yield new Turn.Again(observed.published(ref, Optional.empty()));
            }
            case ParserApi.DeleteResult.OfSomebodyElse other ->
                new Turn.Again(observed.published(ref, Optional.empty()));
            case ParserApi.DeleteResult.Unavailable unavailable -> {
                unanswered("parser-remove", unavailable.why());
                yield unreadable(observed, unavailable.why(), configMap);
            }
        };
    }

    private Turn note(ParserObserved observed, ParserPlan.Note step, Optional<ConfigMap> configMap) {
        Optional<ConfigMap> changed = configMap.flatMap(
                found -> configMaps.mark(found, Optional.of(step.status().write(json)), step.holds()));
        if (changed.isEmpty()) {
            return new Turn.Done(Optional.empty());
        }
        tell(observed, step.status(), configMap.orElseThrow());
        return new Turn.Again(observed.with(new Marks(true, Optional.of(step.status()), step.holds())));
    }

    private void tell(ParserObserved observed, ParserStatus status, ConfigMap configMap) {
        status.scripts().forEach((ref, outcome) -> {
            if (!observed.marks().noted(ref).equals(Optional.of(outcome))) {
                resourceEvents.became(configMap, ref, outcome);
            }
        });
        status.problems().forEach((key, message) -> {
            if (observed.marks()
                    .noted()
                    .filter(before -> message.equals(before.problems().get(key)))
                    .isEmpty()) {
                resourceEvents.problem(configMap, key, message);
            }
        });
        status.scripts().values().stream()
                .filter(ScriptOutcome.Waiting.class::isInstance)
                .map(ScriptOutcome.Waiting.class::cast)
                .findFirst()
                .ifPresent(waiting -> tellAway(
                        configMap,
                        observed.topic() instanceof OnTopic.Unreadable away ? away.why() : waiting.message()));
    }

    private Turn free(ParserObserved observed, Optional<ConfigMap> configMap) {
        return configMap
                .flatMap(found -> configMaps.mark(found, Optional.empty(), false))
                .<Turn>map(freed -> new Turn.Again(observed.with(Marks.NONE)))
                .orElseGet(() -> new Turn.Done(Optional.empty()));
    }

    /** Why this operator cannot do its work at the moment. */
    public Optional<String> trouble() {
        return apiAway.lasts()
                ? Optional.of("pusher-api does not say which parser scripts are live")
                : Optional.empty();
    }

    @PreDestroy
    public void close() {
        resourceEvents.close();
    }
}
