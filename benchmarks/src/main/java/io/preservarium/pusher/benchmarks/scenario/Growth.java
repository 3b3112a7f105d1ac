package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.load.CoapFleet;
import io.preservarium.pusher.benchmarks.load.Commands;
import io.preservarium.pusher.benchmarks.load.Evidence;
import io.preservarium.pusher.benchmarks.load.KafkaWriter;
import io.preservarium.pusher.benchmarks.load.Tally;
import io.preservarium.pusher.benchmarks.load.Traffic;
import io.preservarium.pusher.benchmarks.load.UntilFetched;
import io.preservarium.pusher.benchmarks.report.Fact;
import io.preservarium.pusher.benchmarks.report.Limit;
import io.preservarium.pusher.benchmarks.report.Result;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Does work cost more because more waits? With 1, 10 and 100 commands waiting for each device, the same number of
 * further ones is formatted for the first time, and as many are handed out: over CoAP by uplinks, over MQTT beside
 * commands whose {@code not_before} is far away.
 */
final class Growth {

    /** WAITING_PER_DEVICE during this scenario; the default would refuse the further ones. */
    static final int WAITING_PER_DEVICE = 200;

    private static final List<Integer> WAITING = List.of(1, 10, 100);
    private static final double WANTED = 1.3;
    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final Duration FAR_AWAY = Duration.ofDays(1);

    private final Workplace at;
    private final int devices;
    private final int further;
    private final Map<String, Map<Integer, List<Double>>> rates = new LinkedHashMap<>();

    Growth(Workplace at) {
        this.at = at;
        this.devices = at.options().devices(1_000, 20);
        this.further = 20;
    }

    Result run() throws Exception {
        try (KafkaWriter writer = new KafkaWriter(at.pusher().kafka(), at.clock());
                Evidence evidence = new Evidence(at.pusher().kafka())) {
            WarmUp warmUp = new WarmUp(at, writer, evidence);
            int warm = at.options().quick() ? 100 : 10_000;
            warmUp.coap(warm);
            warmUp.mqtt(warm);
            at.warmedUp();
            Quiet quiet = new Quiet(at);
            for (int round = 1; round <= at.options().rounds(); round++) {
                // There and back, so that what has gathered by then is not always on the side of the many.
                List<Integer> order = round % 2 == 1 ? WAITING : WAITING.reversed();
                for (int waiting : order) {
                    quiet.await();
                    coap(writer, evidence, quiet, waiting);
                    quiet.await();
                    mqtt(writer, evidence, quiet, waiting);
                }
            }
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("devices", Integer.toString(devices));
        settings.put("further commands a device", Integer.toString(further));
        settings.put("rounds", Integer.toString(at.options().rounds()));
        settings.put("script", at.options().script());
        return new Result(
                Scenario.GROWTH.word(), Scenario.GROWTH.question(), settings, List.of(), List.of(), facts(), List.of());
    }

    private void coap(KafkaWriter writer, Evidence evidence, Quiet quiet, int waiting)
            throws IOException, InterruptedException {
        String run = at.newRun("grow");
        Commands first = Commands.coap(run, at.options().script(), devices, devices * waiting);
        settle(writer, evidence, first, "queued");
        quiet.await();
        Commands more = first.more(further);
        note("CoAP first formatting", waiting, settle(writer, evidence, more, "queued"));
        quiet.await();
        try (CoapFleet fleet =
                new CoapFleet(at.pusher().coap(), Math.min(Uplinks.PORTS, devices), first::device, Uplinks.PAYLOAD)) {
            UntilFetched calls = new UntilFetched(devices, further, PATIENCE);
            Traffic traffic = fleet.run(calls, at.options().inFlight());
            note(
                    "CoAP hand-outs",
                    waiting,
                    calls.fetched() * 1e9 / traffic.took().toNanos());
            // What is left would wait beside the next ones.
            fleet.run(new UntilFetched(devices, waiting, PATIENCE), at.options().inFlight());
        }
    }

    private void mqtt(KafkaWriter writer, Evidence evidence, Quiet quiet, int waiting)
            throws IOException, InterruptedException {
        String run = at.newRun("grow");
        Commands first = Commands.mqtt(run, at.options().script(), devices, devices * waiting)
                .notBefore(at.clock().instant().plus(FAR_AWAY));
        settle(writer, evidence, first, "queued");
        quiet.await();
        Commands more =
                Commands.mqtt(run, at.options().script(), devices, devices).more(further);
        note("MQTT to 'sent'", waiting, settle(writer, evidence, more, "sent"));
    }

    /** Writes them and waits until all are in that state; gives the rate. */
    private static double settle(KafkaWriter writer, Evidence evidence, Commands commands, String state)
            throws IOException, InterruptedException {
        Tally tally = evidence.follow(commands);
        long start = System.nanoTime();
        writer.write(commands);
        tally.awaitAll(state, PATIENCE);
        evidence.forget(tally);
        return commands.count() * 1e9 / (System.nanoTime() - start);
    }

    private void note(String what, int waiting, double rate) {
        at.say("%3d waiting: %-22s %,9.0f /s", waiting, what, rate);
        rates.computeIfAbsent(what, unused -> new TreeMap<>())
                .computeIfAbsent(waiting, unused -> new ArrayList<>())
                .add(rate);
    }

    private List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        rates.forEach((what, byWaiting) -> {
            byWaiting.forEach((waiting, measured) -> facts.add(
                    Fact.of(what + " with " + waiting + " waiting per device", Comparison.median(measured), "/s")));
            List<Double> medians =
                    byWaiting.values().stream().map(Comparison::median).toList();
            double slowest =
                    medians.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
            double fastest =
                    medians.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
            facts.add(new Fact(what + ": fastest / slowest", fastest / slowest, "", Limit.atMost(WANTED)));
        });
        return facts;
    }
}
