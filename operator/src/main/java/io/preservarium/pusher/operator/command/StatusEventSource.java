package io.preservarium.pusher.operator.command;

import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.wire.Headers;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.TopicFollower;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.RecordPlace;
import io.preservarium.pusher.journal.records.StatusRecords;
import io.preservarium.pusher.operator.command.progress.CommandMemory;
import io.preservarium.pusher.operator.command.progress.HandledOffsets;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;
import io.preservarium.pusher.operator.installation.OperatorConfig;
import io.preservarium.pusher.operator.installation.OperatorLog;
import io.preservarium.pusher.operator.installation.OperatorMetrics;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Status events wake exactly their resource. Every partition is read by hand: one process reads at a time (the leader), and
 * after a crash the next one need not wait for the group to miss it.
 */
final class StatusEventSource extends AbstractEventSource<StatusEvent, DeviceCommand> {

    static final String BY_REQUEST_ID = "request-id";

    private final KafkaSettings kafka;
    private final OperatorConfig config;
    private final RequestIds ids;
    private final CommandMemory memory;
    private final HandledOffsets offsets;
    private final OperatorMetrics metrics;
    private final IndexedResourceCache<DeviceCommand> resources;
    private Optional<TopicFollower> follower = Optional.empty();
    private boolean isStopped;

    StatusEventSource(
            KafkaSettings kafka,
            OperatorConfig config,
            CommandMemory memory,
            OperatorMetrics metrics,
            IndexedResourceCache<DeviceCommand> resources) {
        super(StatusEvent.class, "status-events");
        this.kafka = kafka;
        this.config = config;
        this.ids = new RequestIds(config.uid());
        this.memory = memory;
        this.offsets = memory.offsets();
        this.metrics = metrics;
        this.resources = resources;
    }

    @Override
    public Set<StatusEvent> getSecondaryResources(DeviceCommand primary) {
        return Set.of();
    }

    /** Called with the first resource: from then on this process is the one that works. */
    synchronized void startReading() {
        if (follower.isEmpty() && !isStopped) {
            Records records = new Records();
            follower = Optional.of(TopicFollower.start(
                    kafka,
                    new TopicFollower.Plan(
                            "pusher-operator-status",
                            List.of(config.topics().status()),
                            new TopicFollower.Start.Committed(config.topics().group(), offsets::committable),
                            config.retryAfter()),
                    records,
                    records));
        }
    }

    /** Why events are not read at the moment. */
    synchronized Optional<String> trouble() {
        return follower.flatMap(TopicFollower::outage);
    }

    @Override
    public void stop() {
        super.stop();
        Optional<TopicFollower> running;
        synchronized (this) {
            isStopped = true;
            running = follower;
        }
        running.ifPresent(TopicFollower::close);
    }

    /** What the follower of the topic calls, on its thread. */
    private final class Records implements TopicFollower.Handler, TopicFollower.Listener {

        @Override
        public void starts() {
            OperatorLog.LOG.readingStarts(
                    config.topics().status(), config.topics().group());
        }

        @Override
        public TopicFollower.Outcome handle(KafkaRecord record) {
            Optional<String> named = record.header(Headers.REQUEST_ID);
            if (named.isPresent()
                    && resources.byIndex(BY_REQUEST_ID, named.get()).isEmpty()) {
                passOver(record.place());
                return new TopicFollower.Outcome.Taken();
            }
            Optional<StatusEvent> event = StatusRecords.event(record);
            if (event.isEmpty()) {
                passOver(record.place());
                return new TopicFollower.Outcome.Skipped("it is no status event");
            }
            wake(event.get(), record.place());
            return new TopicFollower.Outcome.Taken();
        }

        @Override
        public void away(String why) {
            metrics.failed("read");
            OperatorLog.LOG.readingTrouble(config.topics().status(), why);
        }

        @Override
        public void back() {
            OperatorLog.LOG.readingWorks(config.topics().status());
        }

        @Override
        public void skipped(RecordPlace place, String why) {
            OperatorLog.LOG.skipped(place, why);
        }

        @Override
        public void failed(String step, Throwable failure) {
            OperatorLog.LOG.readingFailed(failure, step);
        }
    }

    private void wake(StatusEvent event, RecordPlace place) {
        List<DeviceCommand> waiting = resources
                .byIndex(BY_REQUEST_ID, event.requestId().value())
                .stream()
                .filter(resource -> waitsFor(resource, event))
                .toList();
        if (waiting.isEmpty()) {
            passOver(place);
            return;
        }
        metrics.readEvent(true);
        offsets.read(place, waiting.size());
        for (DeviceCommand resource : waiting) {
            ResourceID id = ResourceID.fromResource(resource);
            memory.add(resource.uid(), event, place);
            if (resources.get(id).isEmpty()) {
                memory.forget(resource.uid());
            }
            getEventHandler().handleEvent(new Event(id));
        }
    }

    /** The identity of a command is its id and its device. A finished one waits for nothing but a late answer. */
    private boolean waitsFor(DeviceCommand resource, StatusEvent event) {
        boolean isDone = resource.written()
                .map(Observed.Written::of)
                .filter(Observed.Written::isFinal)
                .filter(written -> !written.state().equals(Optional.of(CommandState.TIMED_OUT)))
                .isPresent();
        return !isDone
                && resource.wanted().isFor(config.name())
                && resource.wanted()
                        .command()
                        .deviceId()
                        .equals(event.deviceId().value())
                && ids.of(resource).equals(event.requestId());
    }

    private void passOver(RecordPlace place) {
        metrics.readEvent(false);
        offsets.read(place, 0);
    }
}
