package io.preservarium.pusher.coap.uplink;

import com.github.f4b6a3.uuid.factory.UuidFactory.Parameters;
import com.github.f4b6a3.uuid.factory.standard.TimeOrderedEpochFactory;
import io.netty.util.Timer;
import io.preservarium.pusher.coap.endpoint.CoapConfig;
import io.preservarium.pusher.coap.endpoint.CoapMetrics;
import io.preservarium.pusher.coap.endpoint.CoapMetrics.Outcome;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.ParserVersion;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.PayloadParser.Parsed;
import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.connector.OpenWork;
import io.preservarium.pusher.delivery.Delivery;
import io.preservarium.pusher.delivery.HandOut;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;

/** From an uplink to its answer: read it, hand it to delivery, answer with the command it gets, say what left. Nothing here blocks. */
public final class CoapDelivery {

    /** An uplink's id is unique and no secret. */
    private static final TimeOrderedEpochFactory UPLINK_IDS =
            TimeOrderedEpochFactory.builder().withFastRandom().build();

    private final Delivery delivery;
    private final PayloadParser parser;
    private final CoapMetrics metrics;
    private final CoapUplinkLog log;
    private final LongSupplier nanoTime;
    private final Timer timer;
    private final CoapPatience.Limits limits;
    private final int maxOpen;
    private final AtomicInteger open = new AtomicInteger();
    private final OpenWork unfinished = new OpenWork();

    /** @param nanoTime the clock by which requests arrive, which only goes forward */
    public CoapDelivery(
            CoapConfig config,
            Delivery delivery,
            PayloadParser parser,
            CoapMetrics metrics,
            LongSupplier nanoTime,
            Timer timer) {
        this.delivery = delivery;
        this.parser = parser;
        this.metrics = metrics;
        this.log = new CoapUplinkLog(nanoTime);
        this.nanoTime = nanoTime;
        this.timer = timer;
        this.limits = new CoapPatience.Limits(config.acknowledgeAfter(), config.answerWithin());
        this.maxOpen = config.maxOpenExchanges();
    }

    /** What the payload says. */
    private sealed interface Reading {
        record Whole(Uplink uplink) implements Reading {}

        /** The device is known, but its script could not read the rest. */
        record Partial(Uplink uplink) implements Reading {}

        record Nothing(String why) implements Reading {}
    }

    /** Uplinks whose answer, or evidence of it, is still due. */
    public OpenWork unfinished() {
        return unfinished;
    }

    /** A confirmable uplink: recorded, and answered in any case. */
    void confirmable(CoapArrival arrival, CoapAnswer answer, ResponseCode failure) {
        unfinished.begin();
        if (open.incrementAndGet() > maxOpen) {
            answer.failure(failure);
            finish(arrival, Outcome.OVERLOADED);
            return;
        }
        CoapPatience patience =
                CoapPatience.start(timer, nanoTime, arrival.receivedNanos(), limits, new CoapPatience.Listener() {
                    @Override
                    public void acknowledge() {
                        answer.acknowledge();
                    }

                    @Override
                    public void tooLate() {
                        if (answer.failure(failure)) {
                            finish(arrival, Outcome.TOO_LATE);
                        }
                    }
                });
        read(arrival)
                .thenCompose(reading -> answer(arrival, answer, reading, patience, failure))
                .exceptionally(cause -> {
                    log.broken(arrival, cause);
                    return counted(answer.failure(failure), Outcome.BROKEN);
                })
                .thenAccept(outcome -> {
                    patience.stop();
                    outcome.ifPresent(now -> finish(arrival, now));
                });
    }

    private CompletionStage<Optional<Outcome>> answer(
            CoapArrival arrival, CoapAnswer answer, Reading reading, CoapPatience patience, ResponseCode failure) {
        return switch (reading) {
            case Reading.Whole(Uplink uplink) ->
                turn(arrival, uplink, patience.left()).thenApply(handOut -> answer(arrival, answer, handOut, failure));
            case Reading.Partial(Uplink uplink) ->
                record(arrival, uplink, Outcome.UNREADABLE)
                        .thenApply(outcome -> counted(answer.failure(ResponseCode.INTERNAL_SERVER_ERROR), outcome));
            case Reading.Nothing(String why) -> {
                log.unreadable(arrival, why);
                yield done(counted(answer.failure(ResponseCode.INTERNAL_SERVER_ERROR), Outcome.UNREADABLE));
            }
        };
    }

    /** A non-confirmable uplink: recorded, and never answered. */
    void nonConfirmable(CoapArrival arrival) {
        unfinished.begin();
        if (open.incrementAndGet() > maxOpen) {
            finish(arrival, Outcome.OVERLOADED);
            return;
        }
        read(arrival)
                .thenCompose(reading -> switch (reading) {
                    case Reading.Whole(Uplink uplink) -> record(arrival, uplink, Outcome.SILENT);
                    case Reading.Partial(Uplink uplink) -> record(arrival, uplink, Outcome.UNREADABLE);
                    case Reading.Nothing(String why) -> {
                        log.unreadable(arrival, why);
                        yield done(Outcome.UNREADABLE);
                    }
                })
                .exceptionally(cause -> {
                    log.broken(arrival, cause);
                    return Outcome.BROKEN;
                })
                .thenAccept(outcome -> finish(arrival, outcome));
    }

    /** A request whose sender wants to hear nothing good takes no command. RFC 7967. */
    private CompletionStage<HandOut> turn(CoapArrival arrival, Uplink uplink, Duration left) {
        if (left.compareTo(Duration.ZERO) <= 0) {
            return done(new HandOut.NotRecorded("reading it took longer than the device waits"));
        }
        return arrival.takesCommand()
                ? delivery.answer(uplink, arrival.exchange(), arrival.facts(), left)
                : delivery.record(uplink).thenApply(problem -> problem.<HandOut>map(HandOut.NotRecorded::new)
                        .orElseGet(HandOut.Nothing::new));
    }

    private CompletionStage<Outcome> record(CoapArrival arrival, Uplink uplink, Outcome kept) {
        return delivery.record(uplink).thenApply(problem -> {
            problem.ifPresent(why -> log.notRecorded(arrival, why));
            return problem.isPresent() ? Outcome.NOT_RECORDED : kept;
        });
    }

    private Optional<Outcome> answer(CoapArrival arrival, CoapAnswer answer, HandOut handOut, ResponseCode failure) {
        return switch (handOut) {
            case HandOut.Offer offer -> {
                unfinished.begin();
                yield counted(answer.command(offer, unfinished::end), Outcome.COMMAND);
            }
            case HandOut.Again(byte[] bytes) -> counted(answer.again(bytes), Outcome.COMMAND);
            case HandOut.Nothing nothing -> counted(answer.done(), Outcome.EMPTY);
            case HandOut.NotReady notReady -> counted(answer.done(), Outcome.EMPTY);
            case HandOut.TooLarge(String why) -> {
                log.tooLarge(arrival, why);
                yield counted(answer.failure(ResponseCode.REQUEST_ENTITY_TOO_LARGE), Outcome.TOO_LARGE);
            }
            case HandOut.NotRecorded(String why) -> {
                log.notRecorded(arrival, why);
                yield counted(answer.failure(failure), Outcome.NOT_RECORDED);
            }
        };
    }

    private CompletionStage<Reading> read(CoapArrival arrival) {
        Optional<ParserRef> script = arrival.parser();
        if (script.isEmpty()) {
            return done(arrival.device()
                    .<Reading>map(device ->
                            new Reading.Whole(uplink(arrival, device, Optional.empty(), List.of(), Optional.empty())))
                    .orElseGet(() -> new Reading.Nothing("nothing names the device")));
        }
        return parser.parse(script.get(), arrival.payload(), arrival.scriptConfig())
                .thenApply(parsed -> reading(arrival, parsed));
    }

    private Reading reading(CoapArrival arrival, Parsed parsed) {
        return switch (parsed) {
            case Parsed.Outputs(Optional<DeviceId> device, List<Map<String, Object>> outputs, ParserVersion version) ->
                arrival.device()
                        .or(() -> device)
                        .<Reading>map(known -> new Reading.Whole(
                                uplink(arrival, known, Optional.of(version), outputs, Optional.empty())))
                        .orElseGet(() -> new Reading.Nothing("the script " + version.ref() + " named no device"));
            case Parsed.Missing(ParserRef ref) ->
                partial(arrival, arrival.device(), Optional.empty(), "there is no parser script " + ref);
            case Parsed.Failed(Optional<DeviceId> device, String message, Optional<ParserVersion> version) ->
                partial(arrival, arrival.device().or(() -> device), version, message);
        };
    }

    private Reading partial(
            CoapArrival arrival, Optional<DeviceId> device, Optional<ParserVersion> version, String why) {
        return device.<Reading>map(
                        known -> new Reading.Partial(uplink(arrival, known, version, List.of(), Optional.of(why))))
                .orElseGet(() -> new Reading.Nothing(why));
    }

    private static Uplink uplink(
            CoapArrival arrival,
            DeviceId device,
            Optional<ParserVersion> version,
            List<Map<String, Object>> outputs,
            Optional<String> error) {
        return new Uplink(
                UPLINK_IDS
                        .create(Parameters.builder()
                                .withInstant(arrival.receivedAt())
                                .build())
                        .toString(),
                device,
                Protocol.COAP,
                arrival.receivedAt(),
                arrival.source(),
                arrival.path(),
                Optional.of(arrival.method().name()),
                arrival.payload(),
                version,
                outputs,
                error);
    }

    /** Nothing when the deadline was faster and has counted this uplink already. */
    private static Optional<Outcome> counted(boolean given, Outcome outcome) {
        return given ? Optional.of(outcome) : Optional.empty();
    }

    private static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private void finish(CoapArrival arrival, Outcome outcome) {
        open.decrementAndGet();
        unfinished.end();
        metrics.uplink(arrival.route(), outcome, nanoTime.getAsLong() - arrival.receivedNanos());
    }
}
