package io.preservarium.pusher.api.commands;

import io.preservarium.pusher.api.kafka.CommandPublisher;
import io.preservarium.pusher.api.kafka.Published;
import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.api.status.CommandStatusView;
import io.preservarium.pusher.api.telemetry.ApiLog;
import io.preservarium.pusher.api.telemetry.Counts;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CommandDigest;
import io.preservarium.pusher.command.wire.CommandRecord;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Lets a command in once: a new one goes to Kafka, the same one again is answered as before, another one under its id is refused. */
@Singleton
final class CommandIntake {

    /** Commands whose record the view may not have read yet. */
    private static final int REMEMBERED = 20_000;

    /** Whose the id is. */
    enum Naming {
        /** Made for this request, so nothing can be known under it. */
        MADE,
        /** The caller's, for one device. */
        GIVEN,
        /** Made from an idempotency key, which stands for one command whatever its device. */
        KEYED
    }

    /** A command that came in. */
    record Entry(CommandRecord.Readable record, Naming naming, Instant at) {
        Command command() {
            return record.command();
        }
    }

    /** What to answer. */
    sealed interface Answer {
        record New(RequestId id, Instant at) implements Answer {}

        record Replayed(RequestId id, Instant at) implements Answer {}

        /** The id belongs to a command that says something else. */
        record Conflict(RequestId id) implements Answer {}

        record Failed(RequestId id, Published.Failed failure) implements Answer {}
    }

    private record Identity(Optional<DeviceId> device, RequestId request) {}

    private record Remembered(
            Optional<Digest> digest, Optional<Instant> expiresAt, Instant at, CompletableFuture<Published> published) {}

    /** An entry on its way through. */
    record Pending(Entry entry, boolean first, CompletableFuture<Published> published, Instant at) {}

    /** Either on its way or refused at once. */
    sealed interface Admission {
        record Admitted(Pending pending) implements Admission {}

        record Refused(Answer.Conflict conflict) implements Admission {}
    }

    private final CommandPublisher publisher;
    private final CommandStatusView view;
    private final Counts counts;
    private final Duration defaultExpiry;

    private final Map<Identity, Remembered> recent = new LinkedHashMap<>();

    CommandIntake(CommandPublisher publisher, CommandStatusView view, Counts counts, ApiConfig config) {
        this.publisher = publisher;
        this.view = view;
        this.counts = counts;
        this.defaultExpiry = config.expiry().byDefault();
    }

    /** Starts. Reads the store, and so may block, unless the id was made for this command. */
    Admission admit(Entry entry) {
        Command command = entry.command();
        return switch (entry.naming()) {
            case MADE ->
                new Admission.Admitted(
                        new Pending(entry, true, publisher.publish(entry.record(), entry.at()), entry.at()));
            case GIVEN -> admit(entry, new Identity(Optional.of(command.deviceId()), command.requestId()));
            case KEYED -> admit(entry, new Identity(Optional.empty(), command.requestId()));
        };
    }

    private Admission admit(Entry entry, Identity identity) {
        Command command = entry.command();
        Optional<Digest> digest = Optional.of(CommandDigest.of(command));
        CompletableFuture<Published> ours = new CompletableFuture<>();
        Optional<Remembered> known =
                known(identity, new Remembered(digest, Optional.of(command.expiresAt()), entry.at(), ours));
        if (known.isEmpty()) {
            CompletableFuture<Published> sent = publisher
                    .publish(entry.record(), entry.at())
                    .thenApply(published -> {
                        if (published instanceof Published.Failed) {
                            forget(identity);
                        }
                        ours.complete(published);
                        return published;
                    });
            return new Admission.Admitted(new Pending(entry, true, sent, entry.at()));
        }
        return sameAs(known.get(), digest, entry)
                ? new Admission.Admitted(new Pending(
                        entry, false, known.get().published(), known.get().at()))
                : refused(command.requestId());
    }

    private Admission refused(RequestId id) {
        counts.rejected();
        return new Admission.Refused(new Answer.Conflict(id));
    }

    /** What Kafka's answer means for who asked. */
    Answer settle(Pending pending, Published published) {
        Command command = pending.entry().command();
        Protocol protocol = command.protocol();
        return switch (published) {
            case Published.Taken taken -> {
                if (pending.first()) {
                    counts.accepted(protocol);
                    ApiLog.LOG.accepted(command.requestId(), command.deviceId());
                    yield new Answer.New(command.requestId(), pending.at());
                }
                counts.replayed(protocol);
                yield new Answer.Replayed(command.requestId(), pending.at());
            }
            case Published.Failed failed -> {
                counts.failed(protocol, failed.why());
                ApiLog.LOG.notTaken(
                        command.requestId(),
                        command.deviceId(),
                        failed.outcome().word(),
                        failed.why());
                yield new Answer.Failed(command.requestId(), failed);
            }
        };
    }

    /** What is known under this identity; if nothing is, {@code ours} is from now on. */
    private Optional<Remembered> known(Identity identity, Remembered ours) {
        Optional<Remembered> stored =
                switch (view.look(identity.request(), identity.device())) {
                    case CommandStatusView.Found.Row found ->
                        found.row()
                                .accepted()
                                .map(accepted -> taken(accepted.digest(), accepted.expiresAt(), accepted.at()));
                    // A key's id on several devices: certainly not this one command.
                    case CommandStatusView.Found.Ambiguous several ->
                        Optional.of(taken(Optional.empty(), Optional.empty(), ours.at()));
                    case CommandStatusView.Found.Nothing nothing -> Optional.empty();
                    case CommandStatusView.Found.Unavailable unavailable -> Optional.empty();
                };
        if (stored.isPresent()) {
            return stored;
        }
        synchronized (recent) {
            Remembered before = recent.get(identity);
            if (before != null) {
                return Optional.of(before);
            }
            recent.put(identity, ours);
            if (recent.size() > REMEMBERED) {
                recent.remove(recent.keySet().iterator().next());
            }
            return Optional.empty();
        }
    }

    private static Remembered taken(Optional<Digest> digest, Optional<Instant> expiresAt, Instant at) {
        return new Remembered(digest, expiresAt, at, CompletableFuture.completedFuture(new Published.Taken()));
    }

    private void forget(Identity identity) {
        synchronized (recent) {
            recent.remove(identity);
        }
    }

    /** An expiry nobody gave moves with the clock and says nothing. */
    private boolean sameAs(Remembered known, Optional<Digest> digest, Entry entry) {
        Instant expiresAt = entry.command().expiresAt();
        boolean given = !expiresAt.equals(entry.at().plus(defaultExpiry));
        boolean sameExpiry = !given
                || known.expiresAt()
                        .map(at -> at.truncatedTo(ChronoUnit.MILLIS).equals(expiresAt.truncatedTo(ChronoUnit.MILLIS)))
                        .orElse(false);
        return known.digest().equals(digest) && sameExpiry;
    }
}
