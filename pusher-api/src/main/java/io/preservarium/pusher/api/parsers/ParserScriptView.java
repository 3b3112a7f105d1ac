package io.preservarium.pusher.api.parsers;

import io.preservarium.pusher.api.kafka.KafkaLink;
import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.api.telemetry.ApiLog;
import io.preservarium.pusher.calls.messages.ParserResponse;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptStatus;
import io.preservarium.pusher.journal.KafkaSettings;
import io.preservarium.pusher.journal.TopicFollower;
import io.preservarium.pusher.journal.records.KafkaRecord;
import io.preservarium.pusher.journal.records.RecordPlace;
import io.preservarium.pusher.journal.records.ScriptRecords;
import io.preservarium.pusher.journal.records.ScriptStatusRecords;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.TopicPartition;

/** The scripts on their topic and what each connector made of them, in memory; few enough for that. */
@Singleton
public final class ParserScriptView {

    private static final Duration CATCH_UP = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final KafkaLink kafka;
    private final KafkaSettings settings;
    private final ApiConfig.Parsers topics;
    private final ScriptRecords records;
    private final Map<ParserRef, PublishedScript> live = new ConcurrentSkipListMap<>();
    private final Map<ParserRef, PublishedScript> previous = new ConcurrentSkipListMap<>();
    private final Map<String, ScriptStatus> statuses = new ConcurrentSkipListMap<>();
    private volatile Optional<TopicFollower> follower = Optional.empty();

    ParserScriptView(KafkaLink kafka, KafkaSettings settings, ApiConfig config) {
        this.kafka = kafka;
        this.settings = settings;
        this.topics = config.parsers();
        this.records = new ScriptRecords(topics.scriptsTopic(), ScriptRecords.LARGEST);
    }

    public void start() {
        follower = Optional.of(TopicFollower.start(
                settings,
                new TopicFollower.Plan(
                        "pusher-api-parser-scripts",
                        List.of(topics.scriptsTopic(), topics.statusTopic()),
                        new TopicFollower.Start.Beginning(),
                        RETRY),
                new Reading(),
                new Telling()));
    }

    public void stop() {
        follower.ifPresent(TopicFollower::close);
    }

    /** Waits until everything that is on the topic at this moment has been read; says why it could not. */
    public Optional<String> catchUp() throws InterruptedException {
        if (follower.isEmpty()) {
            return Optional.of("the scripts have not been read yet");
        }
        try {
            Map<TopicPartition, Long> ends = kafka.endOffsets(List.of(new TopicPartition(topics.scriptsTopic(), 0)))
                    .toCompletableFuture()
                    .get(KafkaLink.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return follower.get().positions().await(ends, CATCH_UP)
                    ? Optional.empty()
                    : Optional.of("the scripts cannot be read: "
                            + follower.get().trouble().orElse("they are still being read"));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.of("Kafka does not say how far there is to read: " + KafkaSettings.why(e));
        }
    }

    /** Every script on the topic or in files of a connector, by name. */
    public List<ParserResponse> list() {
        SortedSet<ParserRef> refs = new TreeSet<>(live.keySet());
        statuses.values().forEach(status -> refs.add(status.ref()));
        return refs.stream()
                .flatMap(ref -> live(ref)
                        .map(script -> ParserResponses.listed(script, statuses(ref), previous(ref)))
                        .or(() -> inFiles(ref))
                        .stream())
                .toList();
    }

    public Optional<ParserResponse> inFiles(ParserRef ref) {
        return ParserResponses.inFiles(ref, statuses(ref));
    }

    public Optional<PublishedScript> live(ParserRef ref) {
        return Optional.ofNullable(live.get(ref));
    }

    /** The version that was live before. */
    public Optional<PublishedScript> previous(ParserRef ref) {
        return Optional.ofNullable(previous.get(ref));
    }

    public List<ScriptStatus> statuses(ParserRef ref) {
        return statuses.values().stream()
                .filter(status -> status.ref().equals(ref))
                .toList();
    }

    private final class Reading implements TopicFollower.Handler {

        @Override
        public void starts() {
            live.clear();
            previous.clear();
            statuses.clear();
        }

        @Override
        public TopicFollower.Outcome handle(KafkaRecord record) {
            return record.place().topic().equals(topics.scriptsTopic()) ? script(record) : status(record);
        }

        private TopicFollower.Outcome script(KafkaRecord record) {
            switch (records.read(record)) {
                case ScriptRecords.Read.Live found -> live.put(found.script().ref(), found.script());
                case ScriptRecords.Read.Removed gone -> live.remove(gone.ref());
                case ScriptRecords.Read.Previous before ->
                    before.script()
                            .ifPresentOrElse(
                                    script -> previous.put(before.ref(), script), () -> previous.remove(before.ref()));
                case ScriptRecords.Read.Invalid invalid -> {
                    return new TopicFollower.Outcome.Skipped(invalid.message());
                }
            }
            return new TopicFollower.Outcome.Taken();
        }

        private TopicFollower.Outcome status(KafkaRecord record) {
            switch (ScriptStatusRecords.read(record)) {
                case ScriptStatusRecords.Read.Valid valid -> statuses.put(valid.key(), valid.status());
                case ScriptStatusRecords.Read.Removed gone -> statuses.remove(gone.key());
                case ScriptStatusRecords.Read.Invalid invalid -> {
                    statuses.remove(invalid.key());
                    return new TopicFollower.Outcome.Skipped(invalid.message());
                }
            }
            return new TopicFollower.Outcome.Taken();
        }
    }

    private static final class Telling implements TopicFollower.Listener {

        @Override
        public void away(String why) {
            ApiLog.LOG.viewTrouble("the scripts cannot be read: " + why);
        }

        @Override
        public void back() {
            ApiLog.LOG.scriptsReadAgain();
        }

        @Override
        public void skipped(RecordPlace place, String why) {
            ApiLog.LOG.scriptSkipped(place.toString(), why);
        }

        @Override
        public void failed(String step, Throwable failure) {
            ApiLog.LOG.scriptsFailed(failure, step);
        }
    }
}
