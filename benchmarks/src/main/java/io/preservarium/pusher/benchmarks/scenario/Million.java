package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.load.CoapFleet;
import io.preservarium.pusher.benchmarks.load.Commands;
import io.preservarium.pusher.benchmarks.load.Evidence;
import io.preservarium.pusher.benchmarks.load.FirstCommand;
import io.preservarium.pusher.benchmarks.load.KafkaWriter;
import io.preservarium.pusher.benchmarks.load.RoundRobin;
import io.preservarium.pusher.benchmarks.load.Tally;
import io.preservarium.pusher.benchmarks.load.Traffic;
import io.preservarium.pusher.benchmarks.load.UntilFetched;
import io.preservarium.pusher.benchmarks.platform.HeapWatch;
import io.preservarium.pusher.benchmarks.platform.ProcessUsage;
import io.preservarium.pusher.benchmarks.platform.Pusher;
import io.preservarium.pusher.benchmarks.report.Fact;
import io.preservarium.pusher.benchmarks.report.Limit;
import io.preservarium.pusher.benchmarks.report.Result;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A million commands wait: heap, restarts, and what an uplink costs then, against what it costs when none waits. */
final class Million {

    private static final int HEAP_MEGABYTES = 512;
    private static final double WANTED_RESTART_SECONDS = 15;
    private static final double WANTED_RECOVERY_SECONDS = 60;
    private static final double WANTED_COST = 1.3;
    private static final Duration PATIENCE = Duration.ofMinutes(40);
    private static final Duration RESTART = Duration.ofMinutes(10);
    private static final double PROBES_PER_SECOND = 20;

    private final Workplace at;
    private final int count;
    private final int devices;
    private final List<Fact> facts = new ArrayList<>();

    Million(Workplace at) {
        this.at = at;
        this.count = at.options().commands(1_000_000, 5_000);
        this.devices = at.options().devices(200_000, 1_000);
    }

    /** What uplinks came to: their rate, and the connector's processor time for one. */
    private record Cost(double perSecond, double processorMicros) {}

    Result run() throws Exception {
        try (KafkaWriter writer = new KafkaWriter(at.pusher().kafka(), at.clock());
                Evidence evidence = new Evidence(at.pusher().kafka());
                HeapWatch heap = HeapWatch.over(at.pusher(), Pusher.COAP)) {
            warmUp(writer, evidence);
            Cost uplinksBefore = uplinks();
            Cost handOutsBefore = handOuts(fill(writer, evidence, handOutSize(), handOutSize()), handOutSize());

            long start = System.nanoTime();
            Commands million = fill(writer, evidence, devices, count);
            facts.add(Fact.of(
                    "from the first write to the last 'queued'", count * 1e9 / (System.nanoTime() - start), "/s"));
            new Quiet(at).await();
            facts.add(Fact.of("resident memory of the connector", resident(), "MB"));

            restart("clean restart", "TERM", million, 0, WANTED_RESTART_SECONDS);
            restart("restart after kill -9", "KILL", million, 1, WANTED_RECOVERY_SECONDS);

            new Quiet(at).await();
            warmUp(writer, evidence); // it is a new process
            new Quiet(at).await();
            at.warmedUp();
            Cost uplinksThen = uplinks();
            Cost handOutsThen = handOuts(million, handOutSize());
            cost("uplink without a command", uplinksBefore, uplinksThen);
            cost("uplink answered with a command", handOutsBefore, handOutsThen);
            facts.add(new Fact(
                    "most heap of the connector",
                    heap.highest(Pusher.COAP),
                    "MB of -Xmx" + HEAP_MEGABYTES + "m",
                    Limit.atMost(HEAP_MEGABYTES)));
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("commands", Integer.toString(count));
        settings.put("devices", Integer.toString(devices));
        settings.put("script", at.options().script());
        return new Result(
                Scenario.MILLION.word(),
                Scenario.MILLION.question(),
                settings,
                List.of(),
                List.of(),
                facts,
                List.of("cost compares rates; the restarted process was warmed up like the first"));
    }

    private void warmUp(KafkaWriter writer, Evidence evidence) throws Exception {
        new WarmUp(at, writer, evidence).coap(at.options().quick() ? 100 : 10_000);
        uplinks();
    }

    private int handOutSize() {
        return Math.min(devices / 2, 10_000);
    }

    private Commands fill(KafkaWriter writer, Evidence evidence, int devices, int count)
            throws IOException, InterruptedException {
        Commands commands = Commands.coap(at.newRun("mill"), at.options().script(), devices, count);
        Tally tally = evidence.follow(commands);
        writer.write(commands);
        tally.awaitAll("queued", PATIENCE);
        evidence.forget(tally);
        return commands;
    }

    /** Of devices for which nothing waits. */
    private Cost uplinks() throws IOException {
        String run = at.newRun("none");
        int calling = 10_000;
        try (CoapFleet fleet =
                new CoapFleet(at.pusher().coap(), Uplinks.PORTS, n -> Commands.device(run, n), Uplinks.PAYLOAD)) {
            Duration before = used();
            Traffic traffic = fleet.run(
                    new RoundRobin(calling, Duration.ofSeconds(at.options().seconds())),
                    at.options().inFlight());
            return cost(traffic, before);
        }
    }

    /** One command for each of the first so many devices, but for those that the restarts were tried with. */
    private Cost handOuts(Commands commands, int calling) throws IOException {
        int first = commands.devices() - calling;
        try (CoapFleet fleet =
                new CoapFleet(at.pusher().coap(), Uplinks.PORTS, n -> commands.device(first + n), Uplinks.PAYLOAD)) {
            Duration before = used();
            Traffic traffic = fleet.run(
                    new UntilFetched(calling, 1, PATIENCE), at.options().inFlight());
            return cost(traffic, before);
        }
    }

    private Cost cost(Traffic traffic, Duration before) throws IOException {
        return new Cost(
                traffic.round().perSecond(), used().minus(before).toNanos() / 1e3 / Math.max(1, traffic.answered()));
    }

    private Duration used() throws IOException {
        return ProcessUsage.of(at.pusher().pid(Pusher.COAP))
                .map(ProcessUsage::processor)
                .orElse(Duration.ZERO);
    }

    private long resident() throws IOException {
        return ProcessUsage.of(at.pusher().pid(Pusher.COAP))
                .map(ProcessUsage::residentMegabytes)
                .orElse(0L);
    }

    private void cost(String what, Cost before, Cost then) {
        facts.add(Fact.of(what + ", none waiting", before.perSecond(), "/s"));
        facts.add(Fact.of(what + ", " + count + " waiting", then.perSecond(), "/s"));
        facts.add(new Fact(
                what + ": times its cost when none waits",
                before.perSecond() / then.perSecond(),
                "",
                Limit.atMost(WANTED_COST)));
        facts.add(Fact.of(what + ": connector's processor time, none waiting", before.processorMicros(), "µs"));
        facts.add(Fact.of(what + ": connector's processor time, then", then.processorMicros(), "µs"));
    }

    /** From the start of the next process (the launcher waits a second) until a device that calls all the time is served. */
    private void restart(String what, String signal, Commands commands, int device, double wanted)
            throws IOException, InterruptedException {
        new Quiet(at).await();
        long pid = at.pusher().pid(Pusher.COAP);
        long start = System.nanoTime();
        at.pusher().signal(Pusher.COAP, signal);
        at.pusher().awaitOtherThan(Pusher.COAP, pid, RESTART);
        long again = System.nanoTime();
        FirstCommand calls = new FirstCommand(List.of(device), again, RESTART);
        try (CoapFleet fleet = new CoapFleet(at.pusher().coap(), 1, commands::device, Uplinks.PAYLOAD)) {
            while (calls.missing() > 0 && System.nanoTime() - again < RESTART.toNanos()) {
                fleet.runPaced(calls, 1, PROBES_PER_SECOND);
            }
        }
        facts.add(Fact.of(what + ": until the next process was started", (again - start) / 1e9, "s"));
        facts.add(new Fact(
                what + ": from then to the first command handed out",
                calls.after().isEmpty()
                        ? RESTART.toSeconds()
                        : calls.after().getFirst().toMillis() / 1e3,
                "s",
                Limit.atMost(wanted)));
    }
}
