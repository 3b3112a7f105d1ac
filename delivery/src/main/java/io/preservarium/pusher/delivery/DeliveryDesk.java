package io.preservarium.pusher.delivery;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.CommandState;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.PayloadParser.Formatted;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.Uplink;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Where decisions are taken: which command of a device goes next, and what an outcome means. Every decision becomes an
 * event; the store learns of it by reading that event back. Per device one thing happens at a time, devices go in
 * parallel.
 */
final class DeliveryDesk {

    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration PARSER_RECHECK = Duration.ofSeconds(1);

    /** What the desk works with; the view and the writer come once Kafka is reached. */
    record Means(WaitingView view, EventWriter writer, Function<DeviceId, Optional<String>> notReady) {}

    private final DeliveryRules rules;
    private final Route route;
    private final Clock clock;
    private final String source;
    private final ScheduledExecutorService executor;
    private final DeliveryLog log;
    private final DeliveryMetrics metrics;
    private final CommandFormatter formatter;
    private final FormatChecks checks;
    private final DeviceLanes lanes;
    private volatile Optional<Means> means = Optional.empty();

    DeliveryDesk(
            DeliveryRules rules,
            Route route,
            PayloadParser parser,
            Clock clock,
            String source,
            ScheduledExecutorService executor,
            DeliveryLog log,
            DeliveryMetrics metrics) {
        this.rules = rules;
        this.route = route;
        this.clock = clock;
        this.source = source;
        this.executor = executor;
        this.log = log;
        this.metrics = metrics;
        this.formatter = new CommandFormatter(route, parser);
        this.checks = new FormatChecks(formatter::format);
        this.lanes = new DeviceLanes(executor, log);
    }

    void open(Means available) {
        means = Optional.of(available);
    }

    // --- what the topics and the clock tell -------------------------------------------------------------------------

    /** Something about this device changed or is due. */
    void look(DeviceId device) {
        if (lanes.wantsLook(device)) {
            lanes.quietly(device, lane -> {
                lane.lookStarts();
                lookNow(lane);
            });
        }
    }

    /** An event was read back from the topic. */
    void consumed(StatusEvent event) {
        if (lanes.isBusy(event.deviceId())) {
            lanes.quietly(event.deviceId(), lane -> lane.forget(event));
        }
    }

    /** Looks at every device with a waiting command: the route is back, or partitions came. */
    void lookAtAll() {
        executor.execute(() -> means.ifPresent(m -> m.view().forEachDevice(this::look)));
    }

    // --- what the connector asks and tells --------------------------------------------------------------------------

    CompletionStage<HandOut> answer(Uplink uplink, String exchange, Map<String, Object> facts, Duration within) {
        Map<String, Object> known = new LinkedHashMap<>(facts);
        known.put("uplink_id", uplink.uplinkId());
        return lanes.in(uplink.deviceId(), lane -> turn(lane, Optional.of(uplink), Optional.of(exchange), known))
                .handle((handOut, failure) -> settled(uplink.deviceId(), handOut, failure));
    }

    CompletionStage<HandOut> push(DeviceId device, Map<String, Object> facts) {
        return lanes.in(device, lane -> turn(lane, Optional.empty(), Optional.empty(), facts))
                .handle((handOut, failure) -> settled(device, handOut, failure));
    }

    private HandOut settled(
            DeviceId device,
            @org.jspecify.annotations.Nullable HandOut handOut,
            @org.jspecify.annotations.Nullable Throwable failure) {
        if (handOut != null) {
            return handOut;
        }
        lanes.report(device, failure);
        return new HandOut.NotRecorded("an internal error, see the log");
    }

    CompletionStage<Optional<String>> record(Uplink uplink) {
        return means.<CompletionStage<Optional<String>>>map(m -> written(m, uplink))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.of("Kafka has not been reached yet")));
    }

    void sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note) {
        Instant at = clock.instant();
        lanes.quietly(offer.command().deviceId(), lane -> {
            StatusEvent.Builder event = outcome(offer, CommandState.SENT, at).delivery(merged(offer.delivery(), facts));
            note.ifPresent(event::noting);
            write(lane, event.build());
            metrics.sent(offer.command(), at);
            lookNow(lane);
        });
    }

    void notSent(HandOut.Offer offer, String why) {
        lanes.quietly(offer.command().deviceId(), lane -> {
            Instant now = clock.instant();
            Optional<WaitingCommand> waiting = commands(lane).stream()
                    .filter(w -> w.command().requestId().equals(offer.command().requestId()))
                    .filter(w -> w.progress().state() == CommandState.SENDING
                            && w.progress().attempt() == offer.attempt())
                    .findFirst();
            if (waiting.isPresent()) {
                boolean expired = !now.isBefore(offer.command().expiresAt());
                NextStep.Write step =
                        NextStep.afterAttempt(waiting.get(), expired, rules, "attempt " + offer.attempt() + ": " + why);
                write(lane, waiting.get(), step, now);
                Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(offer.attempt() - 1, 5));
                lane.retryAt.put(offer.command().requestId(), now.plus(pause));
                lookIn(pause, lane.device);
            }
            lookNow(lane);
        });
    }

    void refused(HandOut.Offer offer, Reason reason, String why) {
        lanes.quietly(offer.command().deviceId(), lane -> {
            StatusEvent event = outcome(offer, CommandState.FAILED, clock.instant())
                    .because(reason, why)
                    .build();
            write(lane, event);
            bury(offer.command(), event);
            lookNow(lane);
        });
    }

    private StatusEvent.Builder outcome(HandOut.Offer offer, CommandState state, Instant at) {
        return StatusEvent.about(offer.command(), state, at, source)
                .attempt(offer.attempt())
                .parser(Optional.of(offer.parser()))
                .bytes(Optional.of(StatusEvent.SentBytes.of(offer.bytes())));
    }

    // --- inside a lane ----------------------------------------------------------------------------------------------

    /** Writes what is decided, checks what is new, and wakes the route when something may go. */
    private void lookNow(DeviceLane lane) {
        if (notReady(lane.device).isPresent()) {
            return;
        }
        Instant now = clock.instant();
        List<WaitingCommand> waiting = settle(lane, commands(lane), now);
        boolean busy = waiting.stream().anyMatch(w -> NextStep.decide(w, now, rules) instanceof NextStep.InFlight);
        boolean free = !busy;
        for (WaitingCommand command : waiting) {
            boolean eligible =
                    NextStep.decide(command, now, rules) instanceof NextStep.Eligible && !lane.isHeld(command, now);
            boolean goes = eligible && free;
            if (goes) {
                free = false;
            }
            boolean isNew = command.progress().state() == CommandState.ACCEPTED;
            if (isNew && !(goes && route.startsAtOnce())) {
                check(lane, command.command());
            }
            if (goes) {
                route.eligible(lane.device);
            }
        }
    }

    private CompletionStage<HandOut> turn(
            DeviceLane lane, Optional<Uplink> uplink, Optional<String> exchange, Map<String, Object> facts) {
        Optional<String> notReady = notReady(lane.device);
        if (notReady.isPresent()) {
            return ended(uplink, new HandOut.NotReady(notReady.get()));
        }
        Instant now = clock.instant();
        List<WaitingCommand> waiting = settle(lane, commands(lane), now);
        Optional<WaitingCommand> same = waiting.stream()
                .filter(w -> w.progress().state() == CommandState.SENDING
                        && exchange.isPresent()
                        && w.exchange().equals(exchange))
                .findFirst();
        if (same.isPresent()) {
            return again(same.get());
        }
        if (waiting.stream().anyMatch(w -> NextStep.decide(w, now, rules) instanceof NextStep.InFlight)) {
            return ended(uplink, new HandOut.Nothing());
        }
        Deque<WaitingCommand> candidates = new ArrayDeque<>();
        waiting.stream()
                .filter(w -> NextStep.decide(w, now, rules) instanceof NextStep.Eligible && !lane.isHeld(w, now))
                .forEach(candidates::add);
        return first(lane, candidates, uplink, exchange, facts);
    }

    /** A retransmission that the protocol's own deduplication did not see: the same command and attempt, no new event. */
    private CompletionStage<HandOut> again(WaitingCommand waiting) {
        return formatter
                .format(waiting.command())
                .thenApply(formatted -> formatted instanceof Formatted.Bytes bytes
                        ? new HandOut.Offer(
                                waiting.command(),
                                waiting.progress().attempt(),
                                bytes.bytes(),
                                bytes.version(),
                                bytes.delivery())
                        : new HandOut.Nothing());
    }

    private CompletionStage<HandOut> first(
            DeviceLane lane,
            Deque<WaitingCommand> candidates,
            Optional<Uplink> uplink,
            Optional<String> exchange,
            Map<String, Object> facts) {
        if (candidates.isEmpty()) {
            return ended(uplink, new HandOut.Nothing());
        }
        WaitingCommand head = candidates.remove();
        return formatter
                .format(head.command())
                .thenComposeAsync(
                        formatted -> switch (formatted) {
                            case Formatted.Bytes bytes -> reserve(lane, head, bytes, uplink, exchange, facts);
                            case Formatted.Missing missing -> {
                                parserMissing(lane, head, missing.ref());
                                yield first(lane, candidates, uplink, exchange, facts);
                            }
                            case Formatted.Quarantined quarantined -> {
                                parserMissing(lane, head, quarantined.version().ref());
                                yield first(lane, candidates, uplink, exchange, facts);
                            }
                            case Formatted.Refused refused -> {
                                fail(lane, head.command(), head.progress().attempt(), refused);
                                yield first(lane, candidates, uplink, exchange, facts);
                            }
                        },
                        executor);
    }

    private CompletionStage<HandOut> reserve(
            DeviceLane lane,
            WaitingCommand waiting,
            Formatted.Bytes formatted,
            Optional<Uplink> uplink,
            Optional<String> exchange,
            Map<String, Object> facts) {
        Command command = waiting.command();
        Instant now = clock.instant();
        Optional<String> notReady = notReady(lane.device);
        if (notReady.isPresent()) {
            return ended(uplink, new HandOut.NotReady(notReady.get()));
        }
        if (!now.isBefore(command.expiresAt())) {
            settle(lane, commands(lane), now);
            return ended(uplink, new HandOut.Nothing());
        }
        int attempt = waiting.progress().attempt() + 1;
        StatusEvent.Builder event = StatusEvent.about(command, CommandState.SENDING, now, source)
                .attempt(attempt)
                .parser(Optional.of(formatted.version()))
                .bytes(Optional.of(StatusEvent.SentBytes.of(formatted.bytes())))
                .delivery(merged(formatted.delivery(), facts))
                .exchange(exchange);
        if (!formatted.warnings().isEmpty()) {
            event.noting(String.join("; ", formatted.warnings()));
        }
        StatusEvent sending = event.build();
        Means m = means.orElseThrow();
        // Kept over the store even if the write fails: nobody knows whether Kafka has it, so the lease decides.
        lane.wrote(sending);
        CompletableFuture<Void> recorded = m.writer().write(sending, waiting.origin());
        CompletionStage<Optional<String>> uplinked =
                uplink.map(u -> written(m, u)).orElse(CompletableFuture.completedFuture(Optional.empty()));
        return recorded.handle((ignored, failure) -> Optional.ofNullable(failure))
                .thenCombine(uplinked, (failure, notUplinked) -> {
                    if (notUplinked.isPresent()) {
                        return new HandOut.NotRecorded(notUplinked.get());
                    }
                    if (failure.isPresent()) {
                        log.notWritten(sending, failure.get());
                        return new HandOut.NotReady("the attempt could not be recorded");
                    }
                    metrics.event(sending);
                    log.decided(sending);
                    return new HandOut.Offer(
                            command, attempt, formatted.bytes(), formatted.version(), formatted.delivery());
                });
    }

    private CompletionStage<HandOut> ended(Optional<Uplink> uplink, HandOut otherwise) {
        return uplink.map(u -> record(u).thenApply(failure -> failure.<HandOut>map(HandOut.NotRecorded::new)
                        .orElse(otherwise)))
                .orElseGet(() -> CompletableFuture.completedFuture(otherwise));
    }

    private CompletionStage<Optional<String>> written(Means m, Uplink uplink) {
        return m.writer().write(uplink).handle((ignored, failure) -> {
            metrics.uplink(failure == null);
            return Optional.ofNullable(failure).map(f -> "Kafka did not take the uplink: " + f.getMessage());
        });
    }

    /** Writes every event that is decided already; what remains waits or may go. */
    private List<WaitingCommand> settle(DeviceLane lane, List<WaitingCommand> commands, Instant now) {
        List<WaitingCommand> remaining = new ArrayList<>(commands.size());
        for (WaitingCommand command : commands) {
            WaitingCommand current = command;
            while (NextStep.decide(current, now, rules) instanceof NextStep.Write step) {
                current = write(lane, current, step, now);
            }
            if (!current.progress().isFinal()) {
                remaining.add(current);
            }
        }
        return remaining;
    }

    private WaitingCommand write(DeviceLane lane, WaitingCommand waiting, NextStep.Write step, Instant now) {
        StatusEvent.Builder builder = StatusEvent.about(waiting.command(), step.state(), now, source)
                .attempt(waiting.progress().attempt());
        if (step.reason().isPresent()) {
            builder.because(step.reason().get(), step.message().orElse(""));
        } else {
            step.message().ifPresent(builder::noting);
        }
        StatusEvent event = builder.build();
        write(lane, event);
        if (event.state() == CommandState.FAILED) {
            bury(waiting.command(), event);
        }
        return waiting.with(waiting.progress().apply(event).progress());
    }

    private void write(DeviceLane lane, StatusEvent event) {
        lane.wrote(event);
        log.decided(event);
        metrics.event(event);
        means.orElseThrow().writer().write(event, origin(lane, event)).whenComplete((ignored, failure) -> {
            if (failure != null) {
                log.notWritten(event, failure);
                lanes.quietly(event.deviceId(), l -> l.forget(event));
            }
        });
    }

    /** Readers of the status topic select by the door; a lane that was forgotten in between asks the store again. */
    private String origin(DeviceLane lane, StatusEvent event) {
        return lane.origin(event)
                .or(() -> {
                    commands(lane);
                    return lane.origin(event);
                })
                .orElse("kafka");
    }

    private void bury(Command command, StatusEvent why) {
        means.orElseThrow().writer().bury(command, why).whenComplete((ignored, failure) -> {
            if (failure != null) {
                log.notWritten(why, failure);
            }
        });
    }

    // --- formatting -------------------------------------------------------------------------------------------------

    /** Formats a new command once, so that a failure is told now and not when the device wakes. */
    private void check(DeviceLane lane, Command command) {
        if (lane.checking.add(command.requestId())) {
            checks.check(command)
                    .whenComplete((formatted, failure) -> lanes.quietly(lane.device, l -> {
                        l.checking.remove(command.requestId());
                        if (failure != null) {
                            lanes.report(l.device, failure);
                        } else {
                            checked(l, command.requestId(), formatted);
                        }
                        lookNow(l);
                    }));
        }
    }

    private void checked(DeviceLane lane, RequestId request, Formatted formatted) {
        Optional<WaitingCommand> waiting = commands(lane).stream()
                .filter(w -> w.command().requestId().equals(request))
                .filter(w -> w.progress().state() == CommandState.ACCEPTED
                        && w.stop().isEmpty())
                .findFirst();
        if (waiting.isEmpty()) {
            return;
        }
        Command command = waiting.get().command();
        switch (formatted) {
            case Formatted.Bytes bytes ->
                write(
                        lane,
                        StatusEvent.about(command, CommandState.QUEUED, clock.instant(), source)
                                .parser(Optional.of(bytes.version()))
                                .build());
            case Formatted.Missing missing -> parserMissing(lane, waiting.get(), missing.ref());
            case Formatted.Quarantined quarantined ->
                parserMissing(lane, waiting.get(), quarantined.version().ref());
            case Formatted.Refused refused -> fail(lane, command, 0, refused);
        }
    }

    /** Applied together is a race, so a missing script is waited for; the command holds nobody back meanwhile. */
    private void parserMissing(DeviceLane lane, WaitingCommand waiting, ParserRef missing) {
        Command command = waiting.command();
        Instant now = clock.instant();
        Instant since = lane.parserMissingSince.computeIfAbsent(command.requestId(), id -> now);
        if (!now.isBefore(since.plus(rules.parserWait()))) {
            lane.parserMissingSince.remove(command.requestId());
            fail(
                    lane,
                    command,
                    waiting.progress().attempt(),
                    new Formatted.Refused(
                            Reason.PARSER_NOT_FOUND,
                            "no parser script '" + missing + "' after waiting "
                                    + rules.parserWait().toSeconds() + " s for it",
                            Optional.empty()));
            return;
        }
        if (waiting.progress().state() == CommandState.ACCEPTED) {
            write(
                    lane,
                    StatusEvent.about(command, CommandState.QUEUED, now, source)
                            .because(
                                    Reason.WAITING_FOR_PARSER,
                                    "parser script '" + missing + "' is not here; waiting up to "
                                            + rules.parserWait().toSeconds() + " s for it")
                            .build());
        }
        later(shorter(PARSER_RECHECK, rules.parserWait()), () -> recheck(lane.device, command));
    }

    private void recheck(DeviceId device, Command command) {
        checks.check(command)
                .whenComplete((formatted, failure) -> lanes.quietly(device, lane -> {
                    Optional<WaitingCommand> waiting = commands(lane).stream()
                            .filter(w -> w.command().requestId().equals(command.requestId()))
                            .findFirst();
                    if (failure != null || waiting.isEmpty()) {
                        lane.parserMissingSince.remove(command.requestId());
                        lanes.report(device, failure);
                        return;
                    }
                    switch (formatted) {
                        case Formatted.Bytes ignored -> lane.parserMissingSince.remove(command.requestId());
                        case Formatted.Missing missing -> parserMissing(lane, waiting.get(), missing.ref());
                        case Formatted.Quarantined quarantined ->
                            parserMissing(
                                    lane, waiting.get(), quarantined.version().ref());
                        case Formatted.Refused refused -> {
                            lane.parserMissingSince.remove(command.requestId());
                            fail(lane, command, waiting.get().progress().attempt(), refused);
                        }
                    }
                    lookNow(lane);
                }));
    }

    private void fail(DeviceLane lane, Command command, int attempt, Formatted.Refused refused) {
        StatusEvent event = StatusEvent.about(command, CommandState.FAILED, clock.instant(), source)
                .attempt(attempt)
                .parser(refused.version())
                .because(refused.reason(), refused.message())
                .build();
        write(lane, event);
        bury(command, event);
    }

    // --- what all of them need --------------------------------------------------------------------------------------

    private List<WaitingCommand> commands(DeviceLane lane) {
        return means.flatMap(m -> m.view().of(lane.device)).map(lane::overlay).orElse(List.of());
    }

    private Optional<String> notReady(DeviceId device) {
        return means.map(m -> m.notReady().apply(device)).orElse(Optional.of("Kafka has not been reached yet"));
    }

    private void lookIn(Duration pause, DeviceId device) {
        later(pause, () -> look(device));
    }

    private void later(Duration pause, Runnable work) {
        if (!executor.isShutdown()) {
            executor.schedule(work, pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Map<String, Object> merged(Map<String, Object> first, Map<String, Object> second) {
        Map<String, Object> all = new LinkedHashMap<>(first);
        all.putAll(second);
        return all;
    }

    /** Waits until the work that is under way is done. False if it took too long. */
    boolean drain(Duration limit) {
        return lanes.drain(limit);
    }
}
