package io.preservarium.pusher.delivery.schedule;

import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PayloadParser;
import io.preservarium.pusher.command.Reason;
import io.preservarium.pusher.command.StatusEvent;
import io.preservarium.pusher.command.Uplink;
import io.preservarium.pusher.delivery.DeliveryMetrics;
import io.preservarium.pusher.delivery.DeliveryRules;
import io.preservarium.pusher.delivery.HandOut;
import io.preservarium.pusher.delivery.Route;
import io.preservarium.pusher.delivery.book.BookListener;
import io.preservarium.pusher.delivery.book.BookView;
import io.preservarium.pusher.delivery.book.ParserArrivals;
import io.preservarium.pusher.delivery.book.Place;
import io.preservarium.pusher.delivery.book.Waiting;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What goes next. Hears what changed in the book and what connectors tell, decides, and lets events say so; the book
 * learns of each decision by reading it back.
 */
public final class Schedule implements BookListener {

    /** Devices in motion beyond which no new command is formatted beforehand. */
    private static final int MOST_LANES = 20_000;

    private static final int CHECKS_PER_CORE = 8;

    /** What waits goes on being sent, and most of the processors read. */
    private static final int PROCESSORS_PER_PUSH_WHILE_BEHIND = 2;

    /** Everything that decisions rest on. */
    public record Parts(
            DeliveryRules rules,
            Route route,
            PayloadParser parser,
            String source,
            BookView book,
            Ownership ownership,
            EventWriter writer,
            Clock clock,
            LongSupplier nanoTime,
            ExecutorService executor,
            ScheduledExecutorService timer,
            IntakePace pace,
            DeliveryMetrics metrics) {}

    private final Parts parts;
    private final Supplier<Now> clock;
    private final Lanes lanes;
    private final Leases leases = new Leases();
    private final Decisions decisions;
    private final HandOuts handOuts;
    private final FirstChecks checks;
    private final Outcomes outcomes;
    private final DeviceSweep sweep;

    public Schedule(Parts parts) {
        this.parts = parts;
        this.clock = () -> new Now(parts.clock().instant(), parts.nanoTime().getAsLong());
        this.lanes = new Lanes(parts.executor(), clock, this::offer);
        CommandFormatter formatter = new CommandFormatter(parts.route(), parts.parser());
        this.decisions = new Decisions(
                parts.rules(),
                parts.route().protocol(),
                parts.source(),
                parts.book(),
                parts.writer(),
                lanes,
                leases,
                clock,
                parts.metrics());
        this.handOuts = new HandOuts(
                parts.book(),
                parts.ownership(),
                formatter,
                decisions,
                parts.writer(),
                lanes,
                parts.executor(),
                clock,
                parts.metrics());
        this.checks = new FirstChecks(
                parts.book(),
                parts.ownership(),
                formatter,
                decisions,
                lanes,
                parts.executor(),
                () -> parts.pace().hasBacklog() || parts.route().startsAtOnce() && handOuts.areUnderWay(),
                (pause, what) -> parts.timer().schedule(what, pause.toMillis(), TimeUnit.MILLISECONDS),
                CHECKS_PER_CORE * Runtime.getRuntime().availableProcessors(),
                MOST_LANES);
        this.outcomes = new Outcomes(
                parts.rules(),
                parts.book(),
                decisions,
                parts.writer(),
                lanes,
                clock,
                (pause, piece, device) -> parts.timer()
                        .schedule(() -> lanes.elsewhere(device, piece), pause.toMillis(), TimeUnit.MILLISECONDS),
                new Random(),
                this::wakeNext,
                parts.source(),
                parts.metrics());
        this.sweep = new DeviceSweep(parts.book(), parts.executor(), this::visit);
    }

    // --- what the book tells ----------------------------------------------------------------------------------------

    @Override
    public void mayGo(DeviceId device, boolean isNew) {
        if (!isNew) {
            lanes.lookFromTheHead(device);
        }
        if (parts.route().startsAtOnce() && !lanes.wakesLater(device)) {
            offer(device);
        }
    }

    @Override
    public boolean decides(int partition) {
        return parts.ownership().isReady(partition);
    }

    @Override
    public void unchecked(int partition) {
        checks.begin(partition);
    }

    @Override
    public void queueIsFull(int partition) {
        parts.pace().refused(partition);
    }

    @Override
    public void toDecide(Place place) {
        if (parts.ownership().notReady(place.device()).isEmpty()) {
            lanes.elsewhere(place.device(), lane -> decide(lane, place));
        }
    }

    @Override
    public void readBack(StatusEvent event) {
        if (lanes.isBusy(event.deviceId())) {
            lanes.here(event.deviceId(), lane -> {
                lane.readBack(event);
                if (!event.source().equals(parts.source())) {
                    wakeNext(lane);
                }
            });
        } else if (!event.source().equals(parts.source())) {
            mayGo(event.deviceId(), false);
        }
    }

    private void decide(Lane lane, Place place) {
        Optional<Waiting> stored = parts.book().waiting(place.device(), place.offset());
        if (stored.isEmpty() || parts.ownership().notReady(place.device()).isPresent()) {
            return;
        }
        lane.lookFromTheHead();
        boolean mayGo = decisions.settle(lane, stored.get()) instanceof NextStep.MayGo;
        boolean lacksParser = stored.get().parserMissingSince().isPresent()
                || lane.inMotion(stored.get().requestId())
                        .filter(InMotion::isParserMissing)
                        .isPresent();
        if (mayGo && lacksParser) {
            // The script may be there now, or be missing for good.
            checks.format(lane, lane.over(stored.get()), () -> lanes.elsewhere(place.device(), this::wakeNext));
        } else {
            wakeNext(lane);
        }
    }

    // --- what the clock tells ---------------------------------------------------------------------------------------

    /** Ends the leases and waits that are over; to be called several times a second. */
    public void endLeases() {
        leases.ended(clock.get(), this::toDecide);
        decisions.endParserWaits(this::toDecide);
    }

    /** Formattings that broke, or whose event did not get into Kafka, are begun again; to be called every few seconds. */
    public void checkAgain(Collection<Integer> partitions) {
        partitions.forEach(checks::again);
    }

    /** These partitions were taken up: whatever is due or may go in them is looked at. */
    public void takeUp(Collection<Integer> partitions) {
        lanes.everywhere(device -> partitions.contains(parts.book().partition(device)), this::forgetFinished);
        partitions.forEach(checks::again);
        sweep.begin(partitions);
    }

    /** A lease from an earlier time as the owner must not hold back what came since. */
    private void forgetFinished(Lane lane) {
        if (parts.ownership().notReady(lane.device()).isEmpty()) {
            lane.forgetUnless(motion ->
                    parts.book().waiting(lane.device(), motion.facts().offset()).isPresent());
            wakeNext(lane);
        }
    }

    public void scriptAvailable(ParserRef ref, ParserArrivals arrivals) {
        arrivals.arrived(ref);
    }

    // --- what connectors ask and tell -------------------------------------------------------------------------------

    public CompletionStage<HandOut> answer(Uplink uplink, String exchange, Map<String, Object> facts, Duration within) {
        Map<String, Object> known = new LinkedHashMap<>(facts);
        known.put("uplink_id", uplink.uplinkId());
        Turn turn = new Turn(
                Optional.of(uplink),
                Optional.of(exchange),
                known,
                OptionalLong.of(clock.get().nanos() + within.toNanos()),
                new CompletableFuture<>());
        CompletionStage<HandOut> answer = handOuts.begin(uplink.deviceId(), turn);
        parts.pace().asked();
        return answer.whenComplete((ended, broken) -> parts.pace().answered());
    }

    public CompletionStage<HandOut> push(DeviceId device, Map<String, Object> facts) {
        return handOuts.begin(
                device,
                new Turn(Optional.empty(), Optional.empty(), facts, OptionalLong.empty(), new CompletableFuture<>()));
    }

    /** Whether a command that is read now can leave at once: behind a backlog it cannot, and waits for its first check. */
    public boolean startsAtOnce() {
        return parts.route().startsAtOnce() && !parts.pace().hasBacklog();
    }

    public int mostPushes() {
        return parts.pace().hasBacklog()
                ? Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_PER_PUSH_WHILE_BEHIND)
                : Integer.MAX_VALUE;
    }

    public CompletionStage<Optional<String>> record(Uplink uplink) {
        return parts.writer().write(uplink).thenApply(recorded -> {
            parts.metrics().uplink(recorded instanceof EventWriter.Recorded.Done);
            return switch (recorded) {
                case EventWriter.Recorded.Done ignored -> Optional.<String>empty();
                case EventWriter.Recorded.TooLarge(String why) -> Optional.of(why);
                case EventWriter.Recorded.Failed(String why) -> Optional.of(why);
            };
        });
    }

    public void sent(HandOut.Offer offer, Map<String, Object> facts, Optional<String> note) {
        outcomes.sent(offer, facts, note);
    }

    public void notSent(HandOut.Offer offer, String why) {
        outcomes.notSent(offer, why);
    }

    public void refused(HandOut.Offer offer, Reason reason, String why) {
        outcomes.refused(offer, reason, why);
    }

    /** The route can send again. */
    public void resume(Collection<Integer> partitions) {
        sweep.begin(partitions);
    }

    /** The route has room again. */
    public void offerMore() {
        sweep.goOn();
    }

    // --- waking a route that pushes ---------------------------------------------------------------------------------

    private void wakeNext(Lane lane) {
        if (parts.route().startsAtOnce()
                && parts.ownership().notReady(lane.device()).isEmpty()
                && handOuts.somethingMayGo(lane)) {
            offer(lane.device());
        }
    }

    private void offer(DeviceId device) {
        if (!parts.route().eligible(device)) {
            sweep.missed(parts.book().partition(device));
        }
    }

    /** A device met in a sweep: attempts of an earlier owner get their lease, and a route that pushes is asked. */
    private boolean visit(BookView.Device device) {
        device.entry().inFlight().forEach(offset -> toDecide(new Place(device.id(), offset)));
        return !parts.route().startsAtOnce()
                || device.entry().all() == 0
                || parts.route().eligible(device.id());
    }

    /** Waits until the work that is under way is done. False if it took too long. */
    public boolean drain(Duration limit) {
        return lanes.drain(limit);
    }
}
