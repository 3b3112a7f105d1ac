package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.load.CoapFleet;
import io.preservarium.pusher.benchmarks.load.Commands;
import io.preservarium.pusher.benchmarks.load.Evidence;
import io.preservarium.pusher.benchmarks.load.KafkaWriter;
import io.preservarium.pusher.benchmarks.load.RoundRobin;
import io.preservarium.pusher.benchmarks.load.Tally;
import io.preservarium.pusher.benchmarks.load.Traffic;
import io.preservarium.pusher.benchmarks.load.Until;
import io.preservarium.pusher.benchmarks.load.UntilFetched;
import io.preservarium.pusher.benchmarks.report.Fact;
import io.preservarium.pusher.benchmarks.report.Limit;
import io.preservarium.pusher.benchmarks.report.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A legal client writes far more commands for one device than may wait. What is too much is refused, and other devices,
 * which call at a quarter of the full load, are answered nearly as quickly as when it is quiet.
 */
final class OneDevice {

    /** WAITING_PER_DEVICE, the default. */
    private static final int WAITING_PER_DEVICE = 100;

    private static final double WANTED = 2;

    /** Devices that call at a pace do not wait for each other's answers. */
    private static final int CALLS_OPEN = 1_024;

    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final Workplace at;
    private final int count;
    private final int devices;
    private final Duration during;
    private final List<Fact> facts = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    OneDevice(Workplace at) {
        this.at = at;
        this.count = at.options().commands(100_000, 2_000);
        this.devices = at.options().devices(10_000, 200);
        this.during = Duration.ofSeconds(2L * at.options().seconds());
    }

    Result run() throws Exception {
        try (KafkaWriter writer = new KafkaWriter(at.pusher().kafka(), at.clock());
                Evidence evidence = new Evidence(at.pusher().kafka())) {
            WarmUp warmUp = new WarmUp(at, writer, evidence);
            int warm = at.options().quick() ? 100 : 10_000;
            double commands = warmUp.coap(warm);
            flood(writer, evidence, at.options().quick() ? 500 : 20_000).join();
            at.warmedUp();
            uplinks(writer, evidence);
            commands(writer, evidence, commands / 4);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("commands for one device", Integer.toString(count));
        settings.put("other devices", Integer.toString(devices));
        settings.put("script", at.options().script());
        return new Result(
                Scenario.ONE_DEVICE.word(),
                Scenario.ONE_DEVICE.question(),
                settings,
                List.of(),
                List.of(),
                facts,
                notes);
    }

    private void uplinks(KafkaWriter writer, Evidence evidence) throws IOException, InterruptedException {
        String run = at.newRun("other");
        try (CoapFleet fleet = new CoapFleet(
                at.pusher().coap(), Math.min(Uplinks.PORTS, devices), n -> Commands.device(run, n), Uplinks.PAYLOAD)) {
            fleet.run(new RoundRobin(devices, during), at.options().inFlight());
            Traffic full =
                    fleet.run(new RoundRobin(devices, during), at.options().inFlight());
            double pace = full.round().perSecond() / 4;
            at.say("full load %,.0f uplinks/s", full.round().perSecond());
            new Quiet(at).await();
            Traffic before = fleet.runPaced(new RoundRobin(devices, during), CALLS_OPEN, pace);
            CompletableFuture<Void> flood = flood("beside uplinks", writer, evidence);
            Traffic meanwhile =
                    fleet.runPaced(new Until(flood::isDone, new RoundRobin(devices, PATIENCE)), CALLS_OPEN, pace);
            flood.join();
            note("uplinks", pace, before, meanwhile);
        }
    }

    /** Each call fetches a command that waits for it. */
    private void commands(KafkaWriter writer, Evidence evidence, double pace) throws IOException, InterruptedException {
        int enough = (int) Math.ceil(pace * during.toSeconds());
        Commands quiet = Commands.coap(at.newRun("quiet"), at.options().script(), enough, enough);
        Commands loud = Commands.coap(at.newRun("loud"), at.options().script(), enough, enough);
        for (Commands commands : List.of(quiet, loud)) {
            Tally tally = evidence.follow(commands);
            writer.write(commands);
            tally.awaitAll("queued", PATIENCE);
            evidence.forget(tally);
        }
        new Quiet(at).await();
        Traffic before;
        try (CoapFleet fleet = fleet(quiet)) {
            before = fleet.runPaced(new UntilFetched(enough, 1, PATIENCE), CALLS_OPEN, pace);
        }
        CompletableFuture<Void> flood = flood("beside hand-outs", writer, evidence);
        Traffic meanwhile;
        try (CoapFleet fleet = fleet(loud)) {
            meanwhile =
                    fleet.runPaced(new Until(flood::isDone, new UntilFetched(enough, 1, PATIENCE)), CALLS_OPEN, pace);
        }
        flood.join();
        note("uplinks answered with a command", pace, before, meanwhile);
    }

    private CoapFleet fleet(Commands commands) throws IOException {
        return new CoapFleet(
                at.pusher().coap(), Math.min(Uplinks.PORTS, commands.devices()), commands::device, Uplinks.PAYLOAD);
    }

    private CompletableFuture<Void> flood(String beside, KafkaWriter writer, Evidence evidence) {
        return flood(writer, evidence, count).thenAccept(refused -> {
            facts.add(new Fact(
                    "commands refused with QUEUE_FULL, " + beside,
                    refused.commands(),
                    "",
                    Limit.atLeast(count - WAITING_PER_DEVICE)));
            facts.add(Fact.of("taken in and refused, " + beside, count / refused.seconds(), "/s"));
        });
    }

    private record Refused(int commands, double seconds) {}

    /** Writes so many for one device and waits until each but those that may wait is refused. */
    private CompletableFuture<Refused> flood(KafkaWriter writer, Evidence evidence, int many) {
        Commands commands = Commands.coap(at.newRun("flood"), at.options().script(), 1, many);
        Tally tally = evidence.follow(commands);
        return CompletableFuture.supplyAsync(() -> {
            try {
                long start = System.nanoTime();
                writer.write(commands);
                tally.awaitFailures("QUEUE_FULL", many - WAITING_PER_DEVICE, PATIENCE);
                evidence.forget(tally);
                return new Refused(tally.failures().getOrDefault("QUEUE_FULL", 0), (System.nanoTime() - start) / 1e9);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("stopped while the flood was refused", e);
            }
        });
    }

    private void note(String what, double pace, Traffic before, Traffic meanwhile) {
        double quiet = before.latencies().getValueAtPercentile(99) / 1e6;
        double loud = meanwhile.latencies().getValueAtPercentile(99) / 1e6;
        facts.add(Fact.of(what + ", quarter load", pace, "/s"));
        facts.add(Fact.of(what + ", p99 when quiet", quiet, "ms"));
        facts.add(Fact.of(what + ", p99 meanwhile", loud, "ms"));
        facts.add(new Fact(what + ", p99 meanwhile / when quiet", loud / quiet, "", Limit.atMost(WANTED)));
        if (!meanwhile.trouble().isEmpty()) {
            notes.add(what + " meanwhile: " + meanwhile.trouble());
        }
    }
}
