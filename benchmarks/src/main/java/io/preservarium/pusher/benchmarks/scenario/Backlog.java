package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.load.CoapFleet;
import io.preservarium.pusher.benchmarks.load.Commands;
import io.preservarium.pusher.benchmarks.load.Evidence;
import io.preservarium.pusher.benchmarks.load.FirstCommand;
import io.preservarium.pusher.benchmarks.load.Intake;
import io.preservarium.pusher.benchmarks.load.KafkaWriter;
import io.preservarium.pusher.benchmarks.load.Tally;
import io.preservarium.pusher.benchmarks.platform.HeapWatch;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Both connectors stand still while commands are accepted; then they go on. When does a device that calls get its first
 * command, how fast is the backlog taken in, and how large does a heap become?
 */
final class Backlog {

    private static final double WANTED_SECONDS = 10;
    private static final double WANTED_INTAKE = 5_000;
    private static final int HEAP_MEGABYTES = 512;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int PROBES = 20;
    private static final double CALLS_EACH_SECOND = 2;
    private static final long LOOK_MILLIS = 250;

    private final Workplace at;
    private final int count;
    private final int devices;
    private final Duration pause;
    private final List<Fact> facts = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Backlog(Workplace at) {
        this.at = at;
        this.count = at.options().commands(200_000, 4_000);
        this.devices = at.options().devices(2_000, 200);
        this.pause = Duration.ofSeconds(at.options().quick() ? 20 : 60);
    }

    Result run() throws Exception {
        try (KafkaWriter writer = new KafkaWriter(at.pusher().kafka(), at.clock());
                Evidence evidence = new Evidence(at.pusher().kafka());
                Intake intake = new Intake(at.pusher().kafka());
                HeapWatch heap = HeapWatch.over(at.pusher(), Pusher.COAP, Pusher.MQTT)) {
            WarmUp warmUp = new WarmUp(at, writer, evidence);
            int warm = at.options().quick() ? 100 : 10_000;
            warmUp.coap(warm);
            warmUp.mqtt(warm);
            at.warmedUp();
            Commands inTheBooks = Commands.coap(at.newRun("book"), at.options().script(), PROBES, PROBES);
            Tally queued = evidence.follow(inTheBooks);
            writer.write(inTheBooks);
            queued.awaitAll("queued", PATIENCE);

            Commands coap = Commands.coap(at.newRun("backc"), at.options().script(), devices / 2, count / 2);
            Commands mqtt = Commands.mqtt(at.newRun("backm"), at.options().script(), devices / 2, count / 2);
            Tally coapTally = evidence.follow(coap);
            Tally mqttTally = evidence.follow(mqtt);
            standStill(() -> writer.writeInTurn(List.of(coap, mqtt)));
            goOn(intake, inTheBooks, coap, coapTally, mqttTally);
            for (String connector : List.of(Pusher.COAP, Pusher.MQTT)) {
                facts.add(new Fact(
                        connector + ": most heap",
                        heap.highest(connector),
                        "MB of -Xmx" + HEAP_MEGABYTES + "m",
                        Limit.atMost(HEAP_MEGABYTES)));
            }
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("commands", Integer.toString(count));
        settings.put("devices", Integer.toString(devices));
        settings.put("stopped for", pause.toSeconds() + " s");
        settings.put("script", at.options().script());
        return new Result(
                Scenario.BACKLOG.word(), Scenario.BACKLOG.question(), settings, List.of(), List.of(), facts, notes);
    }

    private interface Work {
        void run() throws IOException;
    }

    private void standStill(Work work) throws IOException, InterruptedException {
        at.pusher().signal(Pusher.COAP, "STOP");
        at.pusher().signal(Pusher.MQTT, "STOP");
        try {
            long start = System.nanoTime();
            work.run();
            double seconds = (System.nanoTime() - start) / 1e9;
            at.say("%,d commands accepted in %.1f s while both connectors stand still", count, seconds);
            TimeUnit.NANOSECONDS.sleep(Math.max(0, start + pause.toNanos() - System.nanoTime()));
        } finally {
            at.pusher().signal(Pusher.COAP, "CONT");
            at.pusher().signal(Pusher.MQTT, "CONT");
        }
    }

    private void goOn(Intake intake, Commands inTheBooks, Commands backlog, Tally coap, Tally mqtt)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        int probes = Math.min(PROBES, backlog.devices());
        CompletableFuture<FirstCommand> books = probe(inTheBooks, probes, 1, start);
        CompletableFuture<FirstCommand> fresh = probe(backlog, probes, backlog.devices() / probes, start);
        Map<String, Long> behind = new LinkedHashMap<>();
        behind.put(Pusher.COAP, intake.behind(Pusher.COAP));
        behind.put(Pusher.MQTT, intake.behind(Pusher.MQTT));
        Map<String, Double> takenIn = new LinkedHashMap<>();
        long end = start + PATIENCE.toNanos();
        boolean allFormatted = false;
        boolean allSent = false;
        while (System.nanoTime() < end && !(allFormatted && allSent && takenIn.size() == behind.size())) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            double seconds = (System.nanoTime() - start) / 1e9;
            for (Map.Entry<String, Long> connector : behind.entrySet()) {
                if (!takenIn.containsKey(connector.getKey()) && intake.behind(connector.getKey()) == 0) {
                    takenIn.put(connector.getKey(), seconds);
                    at.say(
                            "%s has taken in %,d records after %.1f s",
                            connector.getKey(), connector.getValue(), seconds);
                }
            }
            if (!allFormatted && coap.known() == count / 2) {
                allFormatted = true;
                facts.add(Fact.of("CoAP: first formatting", count / 2 / seconds, "/s"));
            }
            if (!allSent && mqtt.count("sent") == count / 2) {
                allSent = true;
                facts.add(Fact.of("MQTT: acknowledged and 'sent'", count / 2 / seconds, "/s"));
            }
        }
        behind.forEach((connector, records) -> facts.add(new Fact(
                connector + ": backlog taken in",
                takenIn.containsKey(connector) ? records / takenIn.get(connector) : 0,
                "records/s from going on to the last",
                Limit.atLeast(WANTED_INTAKE))));
        firstCommands("a device whose command was in the books before", books.join(), probes - 1);
        firstCommands("a device whose commands are in the backlog", fresh.join(), 0);
        if (!coap.failures().isEmpty() || !mqtt.failures().isEmpty()) {
            notes.add(
                    "commands that ended otherwise than wanted: CoAP " + coap.failures() + ", MQTT " + mqtt.failures());
        }
        if (!allFormatted || !allSent) {
            notes.add("after " + PATIENCE.toMinutes() + " minutes: " + coap.known() + " CoAP commands formatted, "
                    + mqtt.count("sent") + " MQTT commands sent, of " + count / 2 + " each");
        }
    }

    /** Devices that call twice a second until they have a command. */
    private CompletableFuture<FirstCommand> probe(Commands commands, int devices, int step, long start) {
        FirstCommand calls = new FirstCommand(
                IntStream.range(0, devices).map(n -> n * step).boxed().toList(), start, PATIENCE);
        // On two cores the common pool has one thread, and one fleet would wait for the other.
        return CompletableFuture.supplyAsync(
                () -> {
                    try (CoapFleet fleet =
                            new CoapFleet(at.pusher().coap(), devices, commands::device, Uplinks.PAYLOAD)) {
                        fleet.runPaced(calls, devices, devices * CALLS_EACH_SECOND);
                        return calls;
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                probe -> Thread.ofPlatform().daemon().start(probe));
    }

    /** The wanted time is asked of that one in the order of their luck, the first being 0. */
    private void firstCommands(String who, FirstCommand calls, int judged) {
        List<Duration> after = calls.after();
        if (after.size() > judged) {
            facts.add(new Fact(
                    who + " gets one, " + (judged == 0 ? "the first" : "the last") + " of " + after.size(),
                    after.get(judged).toMillis() / 1e3,
                    "s after going on",
                    Limit.atMost(WANTED_SECONDS)));
            facts.add(Fact.of(
                    who + " gets one, median", after.get(after.size() / 2).toMillis() / 1e3, "s after going on"));
        }
        if (calls.missing() > 0) {
            notes.add(who + ": " + calls.missing() + " of " + (after.size() + calls.missing()) + " got none");
        }
    }
}
