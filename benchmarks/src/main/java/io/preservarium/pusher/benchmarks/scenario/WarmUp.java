package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.load.CoapFleet;
import io.preservarium.pusher.benchmarks.load.Commands;
import io.preservarium.pusher.benchmarks.load.Evidence;
import io.preservarium.pusher.benchmarks.load.KafkaWriter;
import io.preservarium.pusher.benchmarks.load.Tally;
import io.preservarium.pusher.benchmarks.load.Traffic;
import io.preservarium.pusher.benchmarks.load.UntilFetched;
import java.io.IOException;
import java.time.Duration;

/** The whole path until it gets no faster, so that scripts are loaded and code is compiled; gives the rate it came to. */
final class WarmUp {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Workplace at;
    private final KafkaWriter writer;
    private final Evidence evidence;
    private final UntilSteady untilSteady;

    WarmUp(Workplace at, KafkaWriter writer, Evidence evidence) {
        this.at = at;
        this.writer = writer;
        this.evidence = evidence;
        this.untilSteady = new UntilSteady(at);
    }

    /** Commands, one a device, fetched by uplinks as fast as it goes. */
    double coap(int count) throws Exception {
        return untilSteady.repeat("CoAP hand-outs", () -> fetched(count));
    }

    /** Commands published, from the first write to the last {@code sent}. */
    double mqtt(int count) throws Exception {
        return untilSteady.repeat("MQTT to 'sent'", () -> published(count));
    }

    private double fetched(int count) throws IOException, InterruptedException {
        Commands commands = Commands.coap(at.newRun("warm"), at.options().script(), count, count);
        Tally tally = evidence.follow(commands);
        writer.write(commands);
        tally.awaitAll("queued", PATIENCE);
        UntilFetched calls = new UntilFetched(count, 1, PATIENCE);
        try (CoapFleet fleet =
                new CoapFleet(at.pusher().coap(), Math.min(Uplinks.PORTS, count), commands::device, Uplinks.PAYLOAD)) {
            Traffic traffic = fleet.run(calls, at.options().inFlight());
            tally.awaitAll("sent", PATIENCE);
            evidence.forget(tally);
            return calls.fetched() * 1e9 / traffic.took().toNanos();
        }
    }

    private double published(int count) throws IOException, InterruptedException {
        Commands commands = Commands.mqtt(at.newRun("warm"), at.options().script(), count, count);
        Tally tally = evidence.follow(commands);
        long start = System.nanoTime();
        writer.write(commands);
        tally.awaitAll("sent", PATIENCE);
        evidence.forget(tally);
        return count * 1e9 / (System.nanoTime() - start);
    }
}
