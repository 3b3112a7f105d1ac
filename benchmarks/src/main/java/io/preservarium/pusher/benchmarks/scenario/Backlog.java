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
 * command, how fast is the backlog taken in, and how large does a heap become? The first backlog of a process is also the
 * one that its compilers learn from: it is a smaller one, and told apart.
 */
final class Backlog {

    private static final double WANTED_SECONDS = 10;
    private static final double WANTED_INTAKE = 5_000;
    private static final int HEAP_MEGABYTES = 512;
    /** What part of the commands, and of the pause, the first backlog has. */
    private static final int FIRST = 4;

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int PROBES = 20;
    private static final double CALLS_EACH_SECOND = 2;
    private static final long LOOK_MILLIS = 250;

    private final Workplace at;
    private final int count;
    private final int devices;
    private final Duration longPause;
    private final List<Fact> facts = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Backlog(Workplace at) {
        this.at = at;
        this.count = at.options().commands(200_000, 4_000);
        this.devices = at.options().devices(2_000, 200);
        this.longPause = Duration.ofSeconds(at.options().quick() ? 20 : 60);
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
            first(writer, evidence, intake);
            at.warmedUp();
            Commands inTheBooks = Commands.coap(at.newRun("book"), at.options().script(), PROBES, PROBES);
            Tally queued = evidence.follow(inTheBooks);
            writer.write(inTheBooks);
            queued.awaitAll("queued", PATIENCE);

            Commands coap = Commands.coap(at.newRun("backc"), at.options().script(), devices / 2, count / 2);
            Commands mqtt = Commands.mqtt(at.newRun("backm"), at.options().script(), devices / 2, count / 2);
            Tally coapTally = evidence.follow(coap);
            Tally mqttTally = evidence.follow(mqtt);
            standStill(count, longPause, () -> writer.writeInTurn(List.of(coap, mqtt)));
            long start = System.nanoTime();
            int probes = Math.min(PROBES, coap.devices());
            CompletableFuture<FirstCommand> books = probe(inTheBooks, probes, 1, start);
            CompletableFuture<FirstCommand> fresh = probe(coap, probes, coap.devices() / probes, start);
            show("", goOn(intake, coapTally, mqttTally, start), Limit.atLeast(WANTED_INTAKE));
            firstCommands("a device whose command was in the books before", books.join(), probes - 1);
            firstCommands("a device whose commands are in the backlog", fresh.join(), 0);
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
        settings.put("stopped for", longPause.toSeconds() + " s");
        settings.put("script", at.options().script());
        return new Result(
                Scenario.BACKLOG.word(), Scenario.BACKLOG.question(), settings, List.of(), List.of(), facts, notes);
    }

    private void first(KafkaWriter writer, Evidence evidence, Intake intake) throws IOException, InterruptedException {
        int few = count / FIRST;
        Commands coap = Commands.coap(at.newRun("firstc"), at.options().script(), devices / 2, few / 2);
        Commands mqtt = Commands.mqtt(at.newRun("firstm"), at.options().script(), devices / 2, few / 2);
        Tally coapTally = evidence.follow(coap);
        Tally mqttTally = evidence.follow(mqtt);
        standStill(few, longPause.dividedBy(FIRST), () -> writer.writeInTurn(List.of(coap, mqtt)));
        GoingOn went = goOn(intake, coapTally, mqttTally, System.nanoTime());
        show(String.format(" (the first since the start, %,d commands)", few), went, Limit.none());
    }

    private interface Work {
        void run() throws IOException;
    }

    private void standStill(int commands, Duration pause, Work work) throws IOException, InterruptedException {
        at.pusher().signal(Pusher.COAP, "STOP");
        at.pusher().signal(Pusher.MQTT, "STOP");
        try {
            long start = System.nanoTime();
            work.run();
            double seconds = (System.nanoTime() - start) / 1e9;
            at.say("%,d commands accepted in %.1f s while both connectors stand still", commands, seconds);
            TimeUnit.NANOSECONDS.sleep(Math.max(0, start + pause.toNanos() - System.nanoTime()));
        } finally {
            at.pusher().signal(Pusher.COAP, "CONT");
            at.pusher().signal(Pusher.MQTT, "CONT");
        }
    }

    /** What became of a backlog; a rate of 0 says that it did not end in time. */
    private record GoingOn(Map<String, Double> intake, double formatted, double sent, List<String> notes) {}

    /** Returns when all of it was taken in, formatted and sent. */
    private GoingOn goOn(Intake intake, Tally coap, Tally mqtt, long start) throws IOException, InterruptedException {
        Map<String, Long> behind = new LinkedHashMap<>();
        behind.put(Pusher.COAP, intake.behind(Pusher.COAP));
        behind.put(Pusher.MQTT, intake.behind(Pusher.MQTT));
        Map<String, Double> rates = new LinkedHashMap<>();
        long end = start + PATIENCE.toNanos();
        double formatted = 0;
        double sent = 0;
        while (System.nanoTime() < end && !(formatted > 0 && sent > 0 && rates.size() == behind.size())) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            double seconds = (System.nanoTime() - start) / 1e9;
            for (Map.Entry<String, Long> connector : behind.entrySet()) {
                if (!rates.containsKey(connector.getKey()) && intake.behind(connector.getKey()) == 0) {
                    rates.put(connector.getKey(), connector.getValue() / seconds);
                    at.say(
                            "%s has taken in %,d records after %.1f s",
                            connector.getKey(), connector.getValue(), seconds);
                }
            }
            if (formatted == 0 && coap.known() == coap.commands()) {
                formatted = coap.commands() / seconds;
            }
            if (sent == 0 && mqtt.count("sent") == mqtt.commands()) {
                sent = mqtt.commands() / seconds;
            }
        }
        List<String> notes = new ArrayList<>();
        if (!coap.failures().isEmpty() || !mqtt.failures().isEmpty()) {
            notes.add(
                    "commands that ended otherwise than wanted: CoAP " + coap.failures() + ", MQTT " + mqtt.failures());
        }
        if (formatted == 0 || sent == 0) {
            notes.add("after " + PATIENCE.toMinutes() + " minutes: " + coap.known() + " CoAP commands formatted, "
                    + mqtt.count("sent") + " MQTT commands sent, of " + coap.commands() + " each");
        }
        return new GoingOn(rates, formatted, sent, notes);
    }

    private void show(String which, GoingOn went, Limit wanted) {
        if (went.formatted() > 0) {
            facts.add(Fact.of("CoAP: first formatting" + which, went.formatted(), "/s"));
        }
        if (went.sent() > 0) {
            facts.add(Fact.of("MQTT: acknowledged and 'sent'" + which, went.sent(), "/s"));
        }
        for (String connector : List.of(Pusher.COAP, Pusher.MQTT)) {
            facts.add(new Fact(
                    connector + ": backlog taken in" + which,
                    went.intake().getOrDefault(connector, 0.0),
                    "records/s from going on to the last",
                    wanted));
        }
        notes.addAll(went.notes());
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
