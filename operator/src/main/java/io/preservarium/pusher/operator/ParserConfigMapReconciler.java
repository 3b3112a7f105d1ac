package io.preservarium.pusher.operator;

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
import io.preservarium.pusher.operator.ParserObserved.Marks;
import io.preservarium.pusher.operator.ParserObserved.OnTopic;
import io.preservarium.pusher.operator.ParserObserved.Wish;
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
class ParserConfigMapReconciler implements Reconciler<ConfigMap> {

    /** A check can take a minute, and DeviceCommands are reconciled by the same threads. */
    private static final int AT_ONCE = 8;

    private static final Duration UNTIL_A_SEAT_IS_FREE = Duration.ofMillis(250);

    private final OperatorConfig config;
    private final ParserNamespaces namespaces;
    private final KubernetesSerialization json;
    private final ParserApi api;
    private final ParserConfigMaps configMaps;
    private final ParserStory story;
    private final OperatorMetrics metrics;
    private final Clock clock;
    private final Semaphore seats = new Semaphore(AT_ONCE);
    private final Outage apiAway = new Outage();
    private final Outage changesWait = new Outage();
    private final Set<ParserOwner> toldAway = ConcurrentHashMap.newKeySet();
    private volatile Optional<ParserRounds> rounds = Optional.empty();

    ParserConfigMapReconciler(OperatorConfig config, KubernetesClient client, MeterRegistry registry, Clock clock) {
        this.config = config;
        this.namespaces = ParserNamespaces.of(config.parserScripts(), client);
        this.json = client.getKubernetesSerialization();
        this.api = new ParserApi(config, json);
        this.configMaps = new ParserConfigMaps(client);
        this.story = new ParserStory(new KubernetesEvents(client, clock));
        this.metrics = new OperatorMetrics(registry);
        this.clock = clock;
    }

    ParserNamespaces namespaces() {
        return namespaces;
    }

    @Override
    public List<EventSource<?, ConfigMap>> prepareEventSources(EventSourceContext<ConfigMap> context) {
        ParserRounds events =
                new ParserRounds(this::list, configMaps, namespaces, config.retryAfter(), context.getPrimaryCache());
        rounds = Optional.of(events);
        return List.of(events);
    }

    @Override
    public UpdateControl<ConfigMap> reconcile(ConfigMap resource, Context<ConfigMap> context)
            throws InterruptedException {
        Optional<Duration> pause = Optional.of(UNTIL_A_SEAT_IS_FREE);
        if (seats.tryAcquire()) {
            try {
                pause = pass(ParserOwner.of(resource));
            } finally {
                seats.release();
            }
        }
        if (context.isPrimaryResourceDeleted()) {
            // After a deletion the framework knows no pause, and forgets what came meanwhile.
            rounds.ifPresent(ParserRounds::soon);
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
                    return ParserObserved.atFirst(owner, wish(found), marks);
                })
                .orElseGet(() -> ParserObserved.atFirst(owner, new Wish.Nothing(), Marks.NONE));
    }

    private static Wish wish(ConfigMap configMap) {
        if (configMap.isMarkedForDeletion()) {
            return new Wish.Deletion();
        }
        return ParserConfigMaps.isLabelled(configMap)
                ? new Wish.Scripts(ParserConfigMap.of(configMap))
                : new Wish.Nothing();
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
            case ParserApi.Listing.Silent silent -> unreadable(observed, silent.why(), configMap);
        };
    }

    private ParserApi.Listing list() throws InterruptedException {
        ParserApi.Listing listing = api.list();
        switch (listing) {
            case ParserApi.Listing.Scripts scripts -> {
                if (apiAway.ends()) {
                    OperatorLog.parserApiBack(config.statusApi().url());
                }
            }
            case ParserApi.Listing.Silent silent -> {
                metrics.failed("parser-list");
                if (apiAway.begins()) {
                    OperatorLog.parserApiAway(config.statusApi().url(), silent.why());
                }
            }
        }
        return listing;
    }

    private Turn unreadable(ParserObserved observed, String why, Optional<ConfigMap> configMap) {
        if (!(observed.wish() instanceof Wish.Scripts) && observed.marks().hasFinalizer()) {
            configMap.ifPresent(found -> tellAway(found, why));
        }
        return new Turn.Again(observed.with(new OnTopic.Unreadable(why)));
    }

    private void tellAway(ConfigMap configMap, String why) {
        if (toldAway.add(ParserOwner.of(configMap))) {
            story.away(configMap, why, clock.instant());
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
        ParserApi.Handed handed = heard(api.put(step.draft(), owner));
        ScriptStanding standing = ScriptStanding.of(handed, step.content(), observed.live(ref));
        if (standing.state() != ScriptStanding.State.WAITING) {
            OperatorLog.script(owner, ref, standing);
            metrics.script(standing.state().word());
        }
        ParserObserved after = observed.tried(ref, standing);
        return new Turn.Again(
                switch (handed) {
                    case ParserApi.Handed.Live live ->
                        after.published(ref, Optional.of(new ParserApi.Published(owner.word(), live.sha256())));
                    case ParserApi.Handed.Silent silent -> after.with(new OnTopic.Unreadable(silent.why()));
                    case ParserApi.Handed.Refused refused -> after;
                    case ParserApi.Handed.Owned owned -> after;
                    case ParserApi.Handed.Later later -> after;
                });
    }

    /** An outage is said once, and its end. */
    private ParserApi.Handed heard(ParserApi.Handed handed) {
        switch (handed) {
            case ParserApi.Handed.Later later -> unanswered("parser-put", later.why());
            case ParserApi.Handed.Silent silent -> unanswered("parser-put", silent.why());
            case ParserApi.Handed.Live live -> answered();
            case ParserApi.Handed.Refused refused -> answered();
            case ParserApi.Handed.Owned owned -> answered();
        }
        return handed;
    }

    private void unanswered(String step, String why) {
        metrics.failed(step);
        if (changesWait.begins()) {
            OperatorLog.scriptsWait(why);
        }
    }

    private void answered() {
        if (changesWait.ends()) {
            OperatorLog.scriptsTaken();
        }
    }

    private Turn remove(ParserObserved observed, ParserRef ref, Optional<ConfigMap> configMap)
            throws InterruptedException {
        return switch (api.delete(ref, observed.owner())) {
            case ParserApi.TakenOut.Done done -> {
                answered();
                OperatorLog.scriptRemoved(observed.owner(), ref);
                metrics.script("removed");
                configMap.ifPresent(found -> story.removed(found, ref));
                yield new Turn.Again(observed.published(ref, Optional.empty()));
            }
            case ParserApi.TakenOut.OfSomebodyElse other -> new Turn.Again(observed.published(ref, Optional.empty()));
            case ParserApi.TakenOut.Silent silent -> {
                unanswered("parser-remove", silent.why());
                yield unreadable(observed, silent.why(), configMap);
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
        status.scripts().forEach((ref, standing) -> {
            if (!observed.marks().noted(ref).equals(Optional.of(standing))) {
                story.became(configMap, ref, standing);
            }
        });
        status.problems().forEach((key, message) -> {
            if (observed.marks()
                    .noted()
                    .filter(before -> message.equals(before.problems().get(key)))
                    .isEmpty()) {
                story.problem(configMap, key, message);
            }
        });
        status.scripts().values().stream()
                .filter(ScriptStanding.Waiting.class::isInstance)
                .map(ScriptStanding.Waiting.class::cast)
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
    Optional<String> trouble() {
        return apiAway.lasts()
                ? Optional.of("pusher-api does not say which parser scripts are live")
                : Optional.empty();
    }

    @PreDestroy
    void close() {
        story.close();
    }
}
