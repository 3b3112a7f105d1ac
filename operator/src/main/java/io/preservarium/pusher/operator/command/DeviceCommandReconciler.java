package io.preservarium.pusher.operator.command;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.preservarium.pusher.command.Cancellation;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.operator.command.CommandPublisher.Publication;
import io.preservarium.pusher.operator.command.progress.CommandMemory;
import io.preservarium.pusher.operator.command.progress.HandledOffsets;
import io.preservarium.pusher.operator.command.progress.Knowledge;
import io.preservarium.pusher.operator.command.progress.StatusApi;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommandStatus;
import io.preservarium.pusher.operator.installation.KubernetesEvents;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.OperatorLog;
import io.preservarium.pusher.operator.installation.OperatorMetrics;
import io.preservarium.pusher.operator.installation.Outage;
import io.preservarium.pusher.operator.installation.PusherApi;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Does what {@link NextStep} decides, until there is nothing left to do but wait. */
@Singleton
@ControllerConfiguration(name = "device-command", generationAwareEventProcessing = false)
public class DeviceCommandReconciler implements Reconciler<DeviceCommand> {

    /** Once Kafka has a command, a setting that changed since makes it no less valid. */
    private static final Duration WHATEVER = Duration.ofDays(100_000);

    private final OperatorConfig config;
    private final CommandPublisher publisher;
    private final KafkaSettings kafka;
    private final Clock clock;
    private final RequestIds ids;
    private final StatusApi statusApi;
    private final DeviceCommands resources;
    private final CommandEvents resourceEvents;
    private final OperatorMetrics metrics;
    private final CommandMemory memory;
    private final KeyClaims claims = new KeyClaims();
    private final Outage kafkaAway = new Outage();
    private final Outage statusApiAway = new Outage();
    private volatile Optional<StatusEventSource> statusEvents = Optional.empty();

    public DeviceCommandReconciler(
            OperatorConfig config,
            KubernetesClient client,
            CommandPublisher publisher,
            KafkaSettings kafka,
            PusherApi pusherApi,
            MeterRegistry registry,
            Clock clock) {
        this.config = config;
        this.publisher = publisher;
        this.kafka = kafka;
        this.clock = clock;
        this.ids = new RequestIds(config.uid());
        this.statusApi = new StatusApi(config.statusApi(), pusherApi);
        this.resources = new DeviceCommands(client);
        this.resourceEvents = new CommandEvents(new KubernetesEvents(client, clock));
        this.metrics = new OperatorMetrics(registry);
        this.memory = new CommandMemory(new HandledOffsets(), clock);
        metrics.unfinished(memory::size);
    }

    @Override
    public List<EventSource<?, DeviceCommand>> prepareEventSources(EventSourceContext<DeviceCommand> context) {
        context.getPrimaryCache()
                .addIndexer(
                        StatusEventSource.BY_REQUEST_ID,
                        resource -> List.of(ids.of(resource).value()));
        StatusEventSource events = new StatusEventSource(kafka, config, memory, metrics, context.getPrimaryCache());
        statusEvents = Optional.of(events);
        return List.of(events);
    }

    @Override
    public UpdateControl<DeviceCommand> reconcile(DeviceCommand resource, Context<DeviceCommand> context)
            throws InterruptedException {
        statusEvents.ifPresent(StatusEventSource::startReading);
        if (context.isPrimaryResourceDeleted()) {
            memory.forget(resource.uid());
            claims.release(resource.uid());
            return UpdateControl.noUpdate();
        }
        if (!resource.wanted().isFor(config.name())) {
            return UpdateControl.noUpdate();
        }
        Turn turn = new Turn.Again(resource);
        while (turn instanceof Turn.Again again) {
            turn = turn(again.resource());
        }
        if (isDone(resource)) {
            memory.forgetWritten(resource.uid());
            claims.release(resource.uid());
        }
        return switch (turn) {
            case Turn.Again again -> throw new IllegalStateException("the loop above ends with another turn");
            case Turn.Wait wait -> UpdateControl.<DeviceCommand>noUpdate().rescheduleAfter(wait.pause());
            case Turn.Done done -> UpdateControl.noUpdate();
        };
    }

    /** Whether the informer itself knows the end; until then this process must not forget what it wrote. */
    private static boolean isDone(DeviceCommand resource) {
        return !resource.hasFinalizer(DeviceCommands.FINALIZER)
                && resource.written()
                        .map(Observed.Written::of)
                        .filter(Observed.Written::isFinal)
                        .isPresent();
    }

    /** What follows a step. */
    private sealed interface Turn {
        record Again(DeviceCommand resource) implements Turn {}

        record Wait(Duration pause) implements Turn {}

        record Done() implements Turn {}

        static Turn after(Optional<DeviceCommand> changed) {
            return changed.<Turn>map(Again::new).orElseGet(Done::new);
        }
    }

    private Turn turn(DeviceCommand resource) throws InterruptedException {
        CommandMemory.Snapshot known = memory.snapshot(resource.uid());
        memory.takeUnreported(resource.uid()).forEach(event -> resourceEvents.happened(resource, event));
        Instant now = clock.instant();
        Observed observed = observe(resource, known);
        return switch (NextStep.decide(observed, now, config.settle())) {
            case NextStep.AddFinalizer step -> addFinalizer(resource, observed);
            case NextStep.LookUp step -> lookUp(resource, observed, step.command());
            case NextStep.AskLater step -> askLater(resource);
            case NextStep.Publish step -> publish(resource, observed, step.command(), known);
            case NextStep.AskCancel step -> askCancel(resource, step.command());
            case NextStep.WriteStatus step -> writeStatus(resource, step.verdict(), known);
            case NextStep.NoteGeneration step -> noteGeneration(resource, known);
            case NextStep.RemoveFinalizer step -> removeFinalizer(resource);
            case NextStep.Delete step -> delete(resource);
            case NextStep.WaitUntil step -> {
                memory.markWritten(resource.uid(), known);
                yield new Turn.Wait(Duration.between(now, step.at()).plusMillis(1));
            }
            case NextStep.Rest step -> {
                memory.markWritten(resource.uid(), known);
                yield new Turn.Done();
            }
        };
    }

    /** The informer may be behind our own last write. */
    private Observed observe(DeviceCommand resource, CommandMemory.Snapshot known) {
        Observed.Written written = known.lastWritten()
                .or(resource::written)
                .map(Observed.Written::of)
                .orElse(Observed.Written.NOTHING);
        boolean isOut = written.isAccepted() || known.knowledge() instanceof Knowledge.InKafka;
        ExpiryRule expiry = isOut ? new ExpiryRule(config.expiryRule().byDefault(), WHATEVER) : config.expiryRule();
        return new Observed(
                new Observed.Desired(
                        SpecReading.of(resource, ids, expiry),
                        resource.getMetadata().getGeneration(),
                        resource.wanted().command().idempotencyKey() != null,
                        resource.hasFinalizer(DeviceCommands.FINALIZER),
                        resource.isMarkedForDeletion(),
                        resource.wanted().isCancelled(),
                        resource.wanted().timeToLive()),
                written,
                known.knowledge(),
                known.hasNews(),
                known.cancelAsked());
    }

    private Turn addFinalizer(DeviceCommand resource, Observed observed) {
        Optional<DeviceCommand> held = resources.addFinalizer(resource);
        boolean isNew = !observed.desired().hasKey() && !observed.written().isAccepted();
        if (held.isPresent() && isNew && observed.knowledge() instanceof Knowledge.Unasked) {
            memory.learn(resource.uid(), new Knowledge.NotInKafka());
        }
        return Turn.after(held);
    }

    private Turn lookUp(DeviceCommand resource, Observed observed, Command command) throws InterruptedException {
        // Without a key the id is the resource's own.
        boolean mayBeAnothers =
                observed.desired().hasKey() && !observed.written().isAccepted();
        StatusApi.Answer answer = statusApi.ask(command, mayBeAnothers);
        if (!(answer instanceof StatusApi.Answer.Unavailable) && statusApiAway.ends()) {
            OperatorLog.LOG.statusApiBack(config.statusApi().url());
        }
        return switch (answer) {
            case StatusApi.Answer.Known known
            when mayBeAnothers && !known.saysTheSame() -> {
                memory.learn(resource.uid(), new Knowledge.OfAnother());
                yield new Turn.Again(resource);
            }
            case StatusApi.Answer.Known known -> {
                if (resource.written().isEmpty()) {
                    OperatorLog.LOG.found(resource, command.requestId(), command.deviceId());
                    resourceEvents.found(resource, command.requestId());
                }
                memory.learn(
                        resource.uid(), new Knowledge.InKafka(known.acceptedAt(), known.progress(), clock.instant()));
                yield new Turn.Again(resource);
            }
            case StatusApi.Answer.Absent absent -> {
                memory.learn(resource.uid(), new Knowledge.NotInKafka());
                yield new Turn.Again(resource);
            }
            case StatusApi.Answer.Unavailable unavailable -> {
                if (statusApiAway.begins()) {
                    OperatorLog.LOG.statusApiAway(config.statusApi().url(), unavailable.why());
                }
                resourceEvents.statusApiAway(resource, unavailable.why());
                metrics.failed("look-up");
                yield new Turn.Wait(config.retryAfter());
            }
        };
    }

    private Turn askLater(DeviceCommand resource) {
        memory.learn(resource.uid(), new Knowledge.Unasked());
        return new Turn.Wait(config.retryAfter());
    }

    private Turn publish(DeviceCommand resource, Observed observed, Command command, CommandMemory.Snapshot known)
            throws InterruptedException {
        if (observed.desired().hasKey() && !claims.take(command.requestId(), resource.uid())) {
            return askLater(resource);
        }
        return switch (noteOutage(publisher.publish(command, clock.instant()))) {
            case Publication.Acknowledged acknowledged -> {
                Instant now = clock.instant();
                memory.learn(resource.uid(), new Knowledge.InKafka(now, Progress.accepted(), now));
                metrics.published(command.protocol(), Duration.between(command.timestamp(), now));
                OperatorLog.LOG.published(resource, command.requestId(), command.deviceId());
                resourceEvents.published(resource, command.requestId());
                yield new Turn.Again(resource);
            }
            case Publication.Unconfirmed unconfirmed -> {
                memory.learn(resource.uid(), new Knowledge.Unasked());
                resourceEvents.kafkaAway(resource, unconfirmed.why());
                metrics.failed("publish");
                yield new Turn.Wait(config.retryAfter());
            }
            case Publication.Refused refused ->
                writeStatus(
                        resource, new Verdict.Refused(Verdict.Refusal.INVALID, refused.why(), clock.instant()), known);
        };
    }

    private Turn askCancel(DeviceCommand resource, Command command) throws InterruptedException {
        Cancellation cancellation =
                new Cancellation(command.requestId(), command.deviceId(), clock.instant(), asker(resource));
        return switch (noteOutage(publisher.publish(cancellation))) {
            case Publication.Acknowledged acknowledged -> {
                memory.askedToCancel(resource.uid());
                resourceEvents.cancelRequested(resource);
                yield new Turn.Again(resource);
            }
            case Publication.Unconfirmed unconfirmed -> {
                metrics.failed("cancel");
                yield new Turn.Wait(config.retryAfter());
            }
            case Publication.Refused refused -> throw new IllegalStateException("a cancellation always fits");
        };
    }

    /** An outage is said once, and its end. */
    private Publication noteOutage(Publication publication) {
        switch (publication) {
            case Publication.Acknowledged acknowledged -> {
                if (kafkaAway.ends()) {
                    OperatorLog.LOG.kafkaBack();
                }
            }
            case Publication.Unconfirmed unconfirmed -> {
                if (kafkaAway.begins()) {
                    OperatorLog.LOG.kafkaAway(unconfirmed.why());
                }
            }
            case Publication.Refused refused -> {}
        }
        return publication;
    }

    private static String asker(DeviceCommand resource) {
        return CommandPublisher.ORIGIN.word() + ":" + resource.getMetadata().getNamespace() + "/"
                + resource.getMetadata().getName();
    }

    private Turn writeStatus(DeviceCommand resource, Verdict verdict, CommandMemory.Snapshot known) {
        DeviceCommandStatus status = Conditions.status(
                ids.of(resource),
                verdict,
                resource.getMetadata().getGeneration(),
                known.lastWritten()
                        .or(resource::written)
                        .map(DeviceCommandStatus::conditionList)
                        .orElse(List.of()),
                clock.instant());
        Optional<DeviceCommand> changed = write(resource, status);
        if (changed.isPresent()) {
            switch (verdict) {
                case Verdict.Published published -> {
                    if (published.progress().isFinal()) {
                        metrics.finished(published.progress().state());
                    }
                }
                case Verdict.Refused refused -> {
                    OperatorLog.LOG.refused(resource, refused.message());
                    resourceEvents.refused(resource, refused);
                    metrics.finished(refused.refusal().state());
                }
            }
        }
        return Turn.after(changed);
    }

    private Turn noteGeneration(DeviceCommand resource, CommandMemory.Snapshot known) {
        long generation = resource.getMetadata().getGeneration();
        return known.lastWritten()
                .or(resource::written)
                .map(status -> Turn.after(write(resource, Conditions.seen(status, generation))))
                .orElseGet(Turn.Done::new);
    }

    private Optional<DeviceCommand> write(DeviceCommand resource, DeviceCommandStatus status) {
        Optional<DeviceCommand> changed = resources.writeStatus(resource, status);
        if (changed.isPresent()) {
            memory.wrote(resource.uid(), status);
            metrics.wroteStatus();
        }
        return changed;
    }

    private Turn removeFinalizer(DeviceCommand resource) {
        Optional<DeviceCommand> changed = resources.removeFinalizer(resource);
        if (resource.isMarkedForDeletion()) {
            return new Turn.Done();
        }
        return Turn.after(changed);
    }

    private Turn delete(DeviceCommand resource) {
        resources.delete(resource);
        return new Turn.Done();
    }

    /** Why this operator cannot do its work at the moment. */
    public Optional<String> trouble() {
        if (kafkaAway.lasts()) {
            return Optional.of("Kafka does not take commands");
        }
        if (statusApiAway.lasts()) {
            return Optional.of("the status API does not answer");
        }
        return statusEvents.flatMap(StatusEventSource::trouble);
    }

    @PreDestroy
    public void close() {
        resourceEvents.close();
    }
}
