package io.preservarium.pusher.api.commands;

import io.preservarium.pusher.api.http.BodyLimits;
import io.preservarium.pusher.api.http.Problems;
import io.preservarium.pusher.api.http.RequestHeaders;
import io.preservarium.pusher.api.kafka.CommandPublisher;
import io.preservarium.pusher.api.kafka.Published;
import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.api.status.RequestIds;
import io.preservarium.pusher.api.telemetry.Counts;
import io.preservarium.pusher.calls.messages.CommandResponse;
import io.preservarium.pusher.calls.messages.Problem;
import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.wire.CommandJson;
import io.preservarium.pusher.command.wire.CommandRecord;
import io.preservarium.pusher.command.wire.ExpiryRule;
import io.preservarium.pusher.command.wire.Violation;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Lets many commands in at once: all are sent, then all answers are waited for, and each has its own result. */
@Singleton
final class CommandBatch {

    /** A batch is some 10 MB as text and several times that as a tree. */
    private static final int AT_ONCE = 4;

    sealed interface Outcome {
        record Settled(BatchCommandResponse response) implements Outcome {}

        record Refused(Problem problem) implements Outcome {}
    }

    private record Identity(DeviceId device, RequestId request) {}

    /** One item on its way. */
    private sealed interface Item {
        record Sent(CommandIntake.Pending pending, Optional<Integer> sameAs) implements Item {}

        record Settled(CommandResponse response) implements Item {}
    }

    private final CommandIntake intake;
    private final CommandPublisher publisher;
    private final Counts counts;
    private final RequestIds ids;
    private final ExpiryRule expiry;
    private final Semaphore room = new Semaphore(AT_ONCE, true);

    CommandBatch(CommandIntake intake, CommandPublisher publisher, Counts counts, Clock clock, ApiConfig config) {
        this.intake = intake;
        this.publisher = publisher;
        this.counts = counts;
        this.ids = new RequestIds(clock);
        this.expiry = config.expiryRule();
    }

    Outcome accept(RequestHeaders headers, byte[] body, Instant now) throws InterruptedException {
        return switch (headers.idempotencyKey()) {
            case RequestHeaders.Key.Unusable unusable ->
                rejected(Problems.invalid(
                        RequestHeaders.IDEMPOTENCY_KEY, "must have 1 to 255 printable ASCII characters"));
            case RequestHeaders.Key.Absent absent -> accept(headers, body, now, Optional.empty());
            case RequestHeaders.Key.Given given -> accept(headers, body, now, Optional.of(given.key()));
        };
    }

    private Outcome accept(RequestHeaders headers, byte[] body, Instant now, Optional<String> key)
            throws InterruptedException {
        room.acquire();
        try {
            Made made = new Made(ids, key);
            return switch (CommandJson.readBatch(
                    body, CommandResource.MAX_BATCH, BodyLimits.COMMAND, made, now, expiry)) {
                case CommandJson.BatchRead.NoBatch noBatch -> rejected(Problems.invalid(noBatch.violations()));
                case CommandJson.BatchRead.Items items -> settle(send(items.items(), made, headers.trace(), now), now);
            };
        } finally {
            room.release();
        }
    }

    private Outcome rejected(Problem problem) {
        counts.rejected();
        return new Outcome.Refused(problem);
    }

    /** The ids made for items without one: by the key and how many came before, or anew. */
    private static final class Made implements Supplier<RequestId> {
        private final RequestIds ids;
        private final Optional<String> key;
        private final Set<RequestId> all = new HashSet<>();

        private Made(RequestIds ids, Optional<String> key) {
            this.ids = ids;
            this.key = key;
        }

        @Override
        public RequestId get() {
            RequestId id = ids.provisional();
            all.add(id);
            return id;
        }

        private Command named(Command command, int place) {
            if (!all.contains(command.requestId())) {
                return command;
            }
            return command.toBuilder()
                    .requestId(key.map(text -> RequestIds.forKey(RequestIds.ANONYMOUS, text + "/" + place))
                            .orElseGet(() -> ids.forDevice(command.deviceId())))
                    .build();
        }

        private CommandIntake.Naming naming(Command read) {
            if (!all.contains(read.requestId())) {
                return CommandIntake.Naming.GIVEN;
            }
            return key.isPresent() ? CommandIntake.Naming.KEYED : CommandIntake.Naming.MADE;
        }
    }

    private List<Item> send(List<CommandJson.Read> reads, Made made, Map<String, String> trace, Instant now) {
        List<Item> items = new ArrayList<>(reads.size());
        Map<Identity, Integer> first = new HashMap<>();
        for (int i = 0; i < reads.size(); i++) {
            Item item =
                    switch (reads.get(i)) {
                        case CommandJson.Read.Invalid invalid ->
                            new Item.Settled(invalid(invalid.requestId(), invalid.violations(), now));
                        case CommandJson.Read.Valid valid -> {
                            Command command = made.named(valid.command(), i);
                            Optional<Integer> before = Optional.ofNullable(
                                    first.putIfAbsent(new Identity(command.deviceId(), command.requestId()), i));
                            CommandIntake.Naming naming = made.naming(valid.command());
                            yield switch (publisher.record(command, trace, now)) {
                                case CommandRecord.Readable record ->
                                    send(new CommandIntake.Entry(record, naming, now), before);
                                case CommandRecord.Refused refused ->
                                    new Item.Settled(
                                            invalid(Optional.of(command.requestId()), refused.violations(), now));
                            };
                        }
                    };
            items.add(item);
        }
        return items;
    }

    private Item send(CommandIntake.Entry entry, Optional<Integer> sameAs) {
        return switch (intake.admit(entry)) {
            case CommandIntake.Admission.Admitted admitted -> new Item.Sent(admitted.pending(), sameAs);
            case CommandIntake.Admission.Refused refused -> {
                Problem problem = Problems.otherBody(refused.conflict().id());
                yield new Item.Settled(
                        failure(Optional.of(refused.conflict().id()), problem, Optional.empty(), entry.at()));
            }
        };
    }

    private Outcome settle(List<Item> items, Instant now) throws InterruptedException {
        List<CommandResponse> results = new ArrayList<>(items.size());
        Optional<Published.Failed> kafka = Optional.empty();
        boolean unknown = false;
        boolean taken = false;
        for (Item item : items) {
            switch (item) {
                case Item.Settled settled -> results.add(settled.response());
                case Item.Sent sent -> {
                    CommandIntake.Answer answer = intake.settle(
                            sent.pending(), publisher.await(sent.pending().published()));
                    results.add(result(answer, sent.sameAs(), now));
                    if (answer instanceof CommandIntake.Answer.Failed failed) {
                        kafka = Optional.of(failed.failure());
                        unknown |= failed.failure().outcome() == Published.Outcome.UNKNOWN;
                    } else {
                        taken = true;
                    }
                }
            }
        }
        if (kafka.isPresent() && !taken) {
            Published.Outcome outcome = unknown ? Published.Outcome.UNKNOWN : Published.Outcome.NOT_SENT;
            return new Outcome.Refused(Problems.kafka(outcome, kafka.get().why(), Optional.of(List.copyOf(results))));
        }
        return new Outcome.Settled(BatchCommandResponse.of(results));
    }

    private CommandResponse invalid(Optional<RequestId> id, List<Violation> violations, Instant now) {
        counts.rejected();
        return failure(id, Problems.invalid(violations), Optional.of(violations), now);
    }

    private static CommandResponse result(CommandIntake.Answer answer, Optional<Integer> sameAs, Instant now) {
        return switch (answer) {
            case CommandIntake.Answer.New taken ->
                CommandResponse.success(taken.id().value(), "Command accepted", taken.at());
            case CommandIntake.Answer.Replayed again ->
                CommandResponse.success(
                        again.id().value(),
                        sameAs.map(place -> "The same command as item " + place + " of this batch")
                                .orElse("Command was already accepted"),
                        again.at());
            case CommandIntake.Answer.Conflict conflict ->
                failure(Optional.of(conflict.id()), Problems.otherBody(conflict.id()), Optional.empty(), now);
            case CommandIntake.Answer.Failed failed -> failure(failed.id(), failed.failure(), now);
        };
    }

    private static CommandResponse failure(RequestId id, Published.Failed failed, Instant now) {
        return failure(Optional.of(id), Problems.kafka(id, failed), Optional.empty(), now);
    }

    private static CommandResponse failure(
            Optional<RequestId> id, Problem problem, Optional<List<Violation>> violations, Instant now) {
        return new CommandResponse(
                false,
                id.map(RequestId::value),
                problem.detail(),
                now,
                Optional.of(problem.type()),
                violations,
                problem.outcome());
    }
}
