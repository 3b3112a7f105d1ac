package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.load.CoapFleet;
import io.preservarium.pusher.benchmarks.load.Commands;
import io.preservarium.pusher.benchmarks.load.Evidence;
import io.preservarium.pusher.benchmarks.load.KafkaWriter;
import io.preservarium.pusher.benchmarks.load.Tally;
import io.preservarium.pusher.benchmarks.load.Traffic;
import io.preservarium.pusher.benchmarks.load.UntilFetched;
import io.preservarium.pusher.benchmarks.report.Contestant;
import io.preservarium.pusher.benchmarks.report.Fact;
import io.preservarium.pusher.benchmarks.report.Result;
import io.preservarium.pusher.benchmarks.report.Round;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Uplinks that are answered with a command which a script formats, beside the server that only writes uplinks to Kafka. */
final class CoapCommands {

    private static final double WANTED = 0.25;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Workplace at;
    private final int count;
    private final int devices;
    private final List<Double> firstFormatted = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    CoapCommands(Workplace at) {
        this.at = at;
        this.count = at.options().commands(40_000, 300);
        this.devices = at.options().devices(count, count);
        if (count % devices != 0) {
            throw new IllegalArgumentException("commands must be a multiple of devices");
        }
    }

    Result run() throws Exception {
        try (KafkaWriter writer = new KafkaWriter(at.pusher().kafka(), at.clock());
                Evidence evidence = new Evidence(at.pusher().kafka())) {
            List<Contender> contenders = new ArrayList<>();
            contenders.add(new Ours(writer, evidence));
            if (at.options().baselines()) {
                contenders.add(Uplinks.toCalifornium(at, devices));
            }
            List<Contestant> contestants = new Comparison(at, contenders).run();
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("commands", Integer.toString(count));
            settings.put("devices", Integer.toString(devices));
            settings.put("in flight", Integer.toString(at.options().inFlight()));
            settings.put("script", at.options().script());
            return new Result(
                    Scenario.COAP_COMMAND.word(),
                    Scenario.COAP_COMMAND.question(),
                    settings,
                    contestants,
                    Comparison.ratios(contestants, Map.of(Uplinks.BASELINE, WANTED)),
                    List.of(Fact.of(
                            "first formatting: from the first write to Kafka to the last 'queued'",
                            Comparison.median(firstFormatted),
                            "/s")),
                    notes);
        }
    }

    private final class Ours implements Contender {

        private final KafkaWriter writer;
        private final Evidence evidence;

        Ours(KafkaWriter writer, Evidence evidence) {
            this.writer = writer;
            this.evidence = evidence;
        }

        @Override
        public String name() {
            return "pusher";
        }

        @Override
        public Map<String, Long> processes() throws IOException {
            return at.pusher().processes();
        }

        /** Only the calls count; that the commands got there before is the first formatting. */
        @Override
        public Round run(int number) throws IOException, InterruptedException {
            Commands commands =
                    Commands.coap(at.newRun("coap" + number + "x"), at.options().script(), devices, count);
            Tally tally = evidence.follow(commands);
            long start = System.nanoTime();
            writer.write(commands);
            tally.awaitAll("queued", PATIENCE);
            double rate = count * 1e9 / (System.nanoTime() - start);
            if (number > 0) {
                firstFormatted.add(rate);
            }
            UntilFetched calls = new UntilFetched(devices, count / devices, PATIENCE);
            Traffic traffic;
            try (CoapFleet fleet = new CoapFleet(
                    at.pusher().coap(), Math.min(Uplinks.PORTS, devices), commands::device, Uplinks.PAYLOAD)) {
                traffic = fleet.run(calls, at.options().inFlight());
            }
            if (!calls.isDone()) {
                throw new IOException("only " + calls.fetched() + " of " + count + " commands were fetched");
            }
            tally.awaitAll("sent", PATIENCE);
            evidence.forget(tally);
            if (calls.inVain() > 0 || !traffic.trouble().isEmpty() || tally.repeated() > 0) {
                notes.add("round " + number + ": " + calls.inVain() + " calls got no command yet, " + tally.repeated()
                        + " events said something again; " + traffic.trouble());
            }
            return new Round(calls.fetched(), traffic.took(), traffic.latencies());
        }

        @Override
        public void close() {
            // The pusher is stopped by whoever started it.
        }
    }
}
