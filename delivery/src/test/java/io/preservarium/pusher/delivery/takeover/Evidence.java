package io.preservarium.pusher.delivery.takeover;

import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.Progress;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.delivery.takeover.InstanceProcess.Sending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the topics and the devices say about the commands of a run, held against each other. */
final class Evidence {

    /** A command as it was written to Kafka. */
    record Written(String request, String device, long offset) {}

    /** An event as it stands in Kafka, with the broker's time. */
    record Recorded(StatusEvent event, long offset, long at) {}

    /** What was done to an instance. */
    enum Kind {
        KILL,
        KILL_AND_STAY_AWAY,
        STOP,
        TERM;

        /** What the instance had under way may go out once more. */
        boolean isCrash() {
            return this != TERM;
        }
    }

    record Fault(Kind kind, String instance, long begun, long over) {}

    /** Bytes may be between the check and the socket when another's evidence gets into Kafka; not longer than this. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(1);

    private final List<Written> written;
    private final Map<String, List<Recorded>> events = new HashMap<>();
    private final Map<String, List<Sending>> sendings = new HashMap<>();
    private final List<Fault> faults;
    private final Duration lease;

    Evidence(
            List<Written> written,
            Collection<Recorded> recorded,
            Collection<Sending> sendings,
            List<Fault> faults,
            Duration lease) {
        this.written = written;
        this.faults = faults;
        this.lease = lease;
        recorded.stream().sorted(Comparator.comparingLong(Recorded::offset)).forEach(r -> events.computeIfAbsent(
                        r.event().requestId().value(), id -> new ArrayList<>())
                .add(r));
        sendings.stream()
                .sorted(Comparator.comparingInt(Sending::attempt).thenComparingLong(Sending::at))
                .forEach(s -> this.sendings
                        .computeIfAbsent(s.request(), id -> new ArrayList<>())
                        .add(s));
    }

    private List<Recorded> eventsOf(String request) {
        return events.getOrDefault(request, List.of());
    }

    private List<Sending> sendingsOf(String request) {
        return sendings.getOrDefault(request, List.of());
    }

    /** The first event that made it final, if one did. */
    private Optional<Recorded> end(String request) {
        Progress progress = Progress.accepted();
        for (Recorded recorded : eventsOf(request)) {
            progress = progress.apply(recorded.event()).progress();
            if (progress.isFinal()) {
                return Optional.of(recorded);
            }
        }
        return Optional.empty();
    }

    List<String> unfinished() {
        return written.stream()
                .map(Written::request)
                .filter(request -> end(request).isEmpty())
                .toList();
    }

    List<String> endedOtherwiseThanSent() {
        return written.stream()
                .flatMap(command -> end(command.request()).stream())
                .filter(end -> end.event().state() != CommandState.SENT)
                .map(end -> end.event().toString())
                .toList();
    }

    List<String> neverLeft() {
        return written.stream()
                .map(Written::request)
                .filter(request -> sendingsOf(request).isEmpty())
                .toList();
    }

    /** Bytes that left without an attempt in Kafka that is theirs. */
    List<Sending> withoutAttempt() {
        return all().filter(sending -> attempt(sending).isEmpty()).toList();
    }

    private java.util.stream.Stream<Sending> all() {
        return sendings.values().stream().flatMap(List::stream);
    }

    private Optional<Recorded> attempt(Sending sending) {
        return recorded(sending, CommandState.SENDING);
    }

    private Optional<Recorded> recorded(Sending sending, CommandState state) {
        return eventsOf(sending.request()).stream()
                .filter(r -> r.event().state() == state
                        && r.event().attempt() == sending.attempt()
                        && r.event().source().equals(sending.instance()))
                .findFirst();
    }

    List<Sending> afterTheEnd() {
        return all().filter(sending -> end(sending.request())
                        .filter(end -> sending.at() > end.at() + ON_ITS_WAY.toMillis()
                                || attempt(sending)
                                        .filter(a -> a.offset() > end.offset())
                                        .isPresent())
                        .isPresent())
                .toList();
    }

    /** First sendings that came before the one of an earlier command of the same device. */
    List<String> outOfOrder() {
        List<String> found = new ArrayList<>();
        Map<String, List<Written>> byDevice = new HashMap<>();
        written.forEach(command -> byDevice.computeIfAbsent(command.device(), device -> new ArrayList<>())
                .add(command));
        for (List<Written> commands : byDevice.values()) {
            commands.sort(Comparator.comparingLong(Written::offset));
            long latest = Long.MIN_VALUE;
            for (Written command : commands) {
                Optional<Long> first =
                        sendingsOf(command.request()).stream().map(Sending::at).min(Comparator.naturalOrder());
                if (first.isPresent()) {
                    if (first.get() < latest) {
                        found.add(command.request());
                    }
                    latest = Math.max(latest, first.get());
                }
            }
        }
        return found;
    }

    int duplicates() {
        return sendings.values().stream().mapToInt(each -> each.size() - 1).sum();
    }

    /** Why the bytes left again. */
    private enum Cause {
        CRASH,
        LATE_EVIDENCE,
        NONE
    }

    private Map<Cause, List<Sending>> repeated() {
        Map<Cause, List<Sending>> found = new HashMap<>();
        for (Cause cause : Cause.values()) {
            found.put(cause, new ArrayList<>());
        }
        for (List<Sending> each : sendings.values()) {
            Set<Fault> used = new HashSet<>();
            for (int i = 1; i < each.size(); i++) {
                found.get(cause(each.get(i - 1), each.get(i), used)).add(each.get(i));
            }
        }
        return found;
    }

    /** Each crash explains one more sending of a command that the crashed instance had in flight. */
    private Cause cause(Sending before, Sending again, Set<Fault> used) {
        Optional<Fault> crash = faults.stream()
                .filter(fault -> fault.kind().isCrash()
                        && fault.instance().equals(before.instance())
                        && fault.over() >= before.at()
                        && fault.begun() <= again.at()
                        && !used.contains(fault))
                .findFirst();
        if (crash.isPresent()) {
            used.add(crash.get());
            return Cause.CRASH;
        }
        return evidenceWasLate(before) ? Cause.LATE_EVIDENCE : Cause.NONE;
    }

    /** It is in Kafka, but came there after the lease of its attempt. */
    private boolean evidenceWasLate(Sending sending) {
        Optional<Recorded> attempt = attempt(sending);
        Optional<Recorded> evidence = recorded(sending, CommandState.SENT);
        return attempt.isPresent()
                && evidence.isPresent()
                && evidence.get().at() - attempt.get().at() >= lease.toMillis();
    }

    /** Second sendings that nothing but a fault of delivery explains. */
    List<Sending> unexplained() {
        return repeated().getOrDefault(Cause.NONE, List.of());
    }

    /** All that is known of these commands, for people. */
    String history(List<Sending> of) {
        StringBuilder text = new StringBuilder();
        faults.forEach(fault -> text.append(fault).append(System.lineSeparator()));
        of.stream().map(Sending::request).distinct().forEach(request -> {
            eventsOf(request)
                    .forEach(r -> text.append("%d at %d: %s %d of %s, decided %d%n"
                            .formatted(
                                    r.offset(),
                                    r.at(),
                                    r.event().state(),
                                    r.event().attempt(),
                                    r.event().source(),
                                    r.event().at().toEpochMilli())));
            sendingsOf(request).forEach(sending -> text.append(sending).append(System.lineSeparator()));
        });
        return text.toString();
    }

    String counts() {
        Map<Cause, List<Sending>> repeated = repeated();
        long attempts = events.values().stream()
                .flatMap(List::stream)
                .filter(r -> r.event().state() == CommandState.SENDING)
                .count();
        long crossed = all().filter(sending -> end(sending.request())
                        .filter(end -> sending.at() > end.at())
                        .isPresent())
                .count();
        StringBuilder text = new StringBuilder();
        text.append(
                "%d commands, %d attempts recorded, %d sendings; twice by a crash %d, by late evidence %d, unexplained %d%n"
                        .formatted(
                                written.size(),
                                attempts,
                                all().count(),
                                repeated.getOrDefault(Cause.CRASH, List.of()).size(),
                                repeated.getOrDefault(Cause.LATE_EVIDENCE, List.of())
                                        .size(),
                                unexplained().size()));
        text.append(
                "unfinished %d, never left %d, ended otherwise %d, out of order %d, without attempt %d, after the end %d (on their way when it came: %d)%n"
                        .formatted(
                                unfinished().size(),
                                neverLeft().size(),
                                endedOtherwiseThanSent().size(),
                                outOfOrder().size(),
                                withoutAttempt().size(),
                                afterTheEnd().size(),
                                crossed));
        for (Fault fault : faults) {
            text.append("%s of %s, %d ms: %d sendings of it had no evidence in Kafka when it began%n"
                    .formatted(
                            fault.kind(),
                            fault.instance(),
                            fault.over() - fault.begun(),
                            all().filter(sending -> sending.instance().equals(fault.instance())
                                            && sending.at() <= fault.begun()
                                            && recorded(sending, CommandState.SENT)
                                                    .filter(sent -> sent.at() <= fault.begun())
                                                    .isEmpty()
                                            && fault.begun() - sending.at() < lease.toMillis())
                                    .count()));
        }
        return text.toString();
    }
}
