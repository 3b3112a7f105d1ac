package io.preservarium.pusher.api.parsers;

import io.preservarium.pusher.api.kafka.CommandPublisher;
import io.preservarium.pusher.api.kafka.Published;
import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.api.telemetry.ApiLog;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.command.ScriptVerdict;
import io.preservarium.pusher.journal.records.ScriptRecords;
import io.preservarium.pusher.journal.records.Written;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Lets a script in once a connector has checked it, and lets only its owner change or remove it. */
@Singleton
final class ParserChanges {

    static final String REST = "rest";

    /** What a change brought. */
    sealed interface Answer {
        /** It is live on the topic; the connectors swap within a second. */
        record Live(PublishedScript script, int examples, boolean isNew) implements Answer {}

        record Removed() implements Answer {}

        record NoSuchParser() implements Answer {}

        /** Somebody else's. */
        record Owned(String owner) implements Answer {}

        /** If-Match or If-None-Match does not hold. */
        record Changed(Optional<Digest> live) implements Answer {}

        record Refused(ScriptVerdict.Refused verdict) implements Answer {}

        /** No connector could check it, or the topic could not be read. */
        record Unavailable(String why) implements Answer {}

        record NotTaken(Published.Failed failure) implements Answer {}
    }

    /** What the caller says must hold of the version that is live. RFC 9110 section 13.1. */
    interface Precondition {
        boolean holds(Optional<Digest> live);
    }

    private final ParserScriptView view;
    private final ConnectorCheck connectors;
    private final CommandPublisher publisher;
    private final Clock clock;
    private final ScriptRecords records;
    private final ReentrantLock changing = new ReentrantLock();

    ParserChanges(
            ParserScriptView view,
            ConnectorCheck connectors,
            CommandPublisher publisher,
            Clock clock,
            ApiConfig config) {
        this.view = view;
        this.connectors = connectors;
        this.publisher = publisher;
        this.clock = clock;
        this.records = new ScriptRecords(config.parsers().scriptsTopic(), ScriptRecords.LARGEST);
    }

    /** The check takes seconds and holds up nobody; what must hold is looked at before it, and again before the write. */
    Answer put(PublishedScript.Draft draft, String owner, Precondition precondition) throws InterruptedException {
        Optional<Answer> hindrance = hindrance(draft.ref(), owner, precondition);
        if (hindrance.isPresent()) {
            return hindrance.get();
        }
        return switch (connectors.ask(new PublishedScript.Candidate(draft, owner))) {
            case ConnectorCheck.Outcome.Nobody nobody ->
                new Answer.Unavailable("no connector could check the script: " + nobody.why());
            case ConnectorCheck.Outcome.Verdict asked ->
                switch (asked.verdict()) {
                    case ScriptVerdict.Refused refused -> new Answer.Refused(refused);
                    case ScriptVerdict.Passed passed -> putChecked(draft, passed, owner, precondition);
                };
        };
    }

    private Answer putChecked(
            PublishedScript.Draft draft, ScriptVerdict.Passed passed, String owner, Precondition precondition)
            throws InterruptedException {
        changing.lockInterruptibly();
        try {
            Optional<Answer> hindrance = hindrance(draft.ref(), owner, precondition);
            if (hindrance.isPresent()) {
                return hindrance.get();
            }
            Optional<PublishedScript> before = view.live(draft.ref());
            boolean sameText = before.map(PublishedScript::sha256)
                    .filter(passed.sha256()::equals)
                    .isPresent();
            if (sameText && before.orElseThrow().examples().equals(draft.examples())) {
                return new Answer.Live(before.get(), passed.examples(), false);
            }
            PublishedScript script = new PublishedScript(
                    draft.ref(),
                    draft.source(),
                    new TreeMap<>(draft.companions()),
                    draft.examples(),
                    passed.sha256(),
                    owner,
                    clock.instant());
            return publish(script, sameText ? Optional.empty() : before)
                    .<Answer>map(Answer.NotTaken::new)
                    .orElseGet(() -> new Answer.Live(script, passed.examples(), before.isEmpty()));
        } finally {
            changing.unlock();
        }
    }

    Answer delete(ParserRef ref, String owner, Precondition precondition) throws InterruptedException {
        changing.lockInterruptibly();
        try {
            Optional<String> behind = view.catchUp();
            if (behind.isPresent()) {
                return new Answer.Unavailable(behind.get());
            }
            if (view.live(ref).isEmpty()) {
                return new Answer.NoSuchParser();
            }
            Optional<Answer> hindrance = hindrance(ref, owner, precondition);
            if (hindrance.isPresent()) {
                return hindrance.get();
            }
            Optional<Published.Failed> failed = write(records.removed(ref, clock.instant()));
            if (failed.isEmpty() && view.previous(ref).isPresent()) {
                failed = write(records.previousRemoved(ref, clock.instant()));
            }
            if (failed.isPresent()) {
                return new Answer.NotTaken(failed.get());
            }
            ApiLog.LOG.scriptRemoved(ref, owner);
            seenHere();
            return new Answer.Removed();
        } finally {
            changing.unlock();
        }
    }

    /** Looked at in the state that the topic has at this moment. */
    private Optional<Answer> hindrance(ParserRef ref, String owner, Precondition precondition)
            throws InterruptedException {
        Optional<String> behind = view.catchUp();
        if (behind.isPresent()) {
            return behind.map(Answer.Unavailable::new);
        }
        Optional<PublishedScript> live = view.live(ref);
        Optional<String> other = live.map(PublishedScript::owner).filter(name -> !name.equals(owner));
        if (other.isPresent()) {
            return other.map(Answer.Owned::new);
        }
        Optional<Digest> digest = live.map(PublishedScript::sha256);
        return precondition.holds(digest) ? Optional.empty() : Optional.of(new Answer.Changed(digest));
    }

    private Optional<Published.Failed> publish(PublishedScript script, Optional<PublishedScript> before)
            throws InterruptedException {
        Instant at = clock.instant();
        if (before.isPresent()) {
            Optional<Published.Failed> failed = write(records.previous(before.get(), at));
            if (failed.isPresent()) {
                return failed;
            }
        }
        Optional<Published.Failed> failed = write(records.live(script, at));
        if (failed.isEmpty()) {
            ApiLog.LOG.scriptPublished(script.ref(), script.owner(), script.sha256());
            seenHere();
        }
        return failed;
    }

    /** Kafka has it, so it is done either way; who asks here next shall not be answered from before. */
    private void seenHere() throws InterruptedException {
        view.catchUp().ifPresent(ApiLog.LOG::viewTrouble);
    }

    private Optional<Published.Failed> write(Written written) throws InterruptedException {
        return switch (written) {
            case Written.Fits fits -> write(fits.record());
            case Written.TooLarge tooLarge ->
                Optional.of(new Published.Failed(Published.Outcome.NOT_SENT, tooLarge.message()));
        };
    }

    private Optional<Published.Failed> write(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
        return switch (publisher.await(publisher.send(record))) {
            case Published.Taken taken -> Optional.empty();
            case Published.Failed failed -> Optional.of(failed);
        };
    }
}
