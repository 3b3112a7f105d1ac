package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.load.Commands;
import io.preservarium.pusher.benchmarks.load.Evidence;
import io.preservarium.pusher.benchmarks.load.KafkaWriter;
import io.preservarium.pusher.benchmarks.load.Tally;
import io.preservarium.pusher.benchmarks.platform.ProcessUsage;
import io.preservarium.pusher.benchmarks.platform.Pusher;
import io.preservarium.pusher.benchmarks.report.Fact;
import io.preservarium.pusher.benchmarks.report.Limit;
import io.preservarium.pusher.benchmarks.report.Result;
import io.preservarium.pusher.command.Digest;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.command.PublishedScript;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Many scripts of many who brought them, all in use: what that takes of memory, and what a command of each costs then. */
final class Domains {

    private static final int SCRIPTS = 200;
    private static final int DOMAINS = 20;
    private static final int SWEEPS = 5;
    private static final int EACH = 5;

    private static final double WANTED_CONNECTOR_MEGABYTES = 1_229;
    private static final double WANTED_WORKER_MEGABYTES = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Workplace at;
    private final List<Fact> facts = new ArrayList<>();
    private long connector;
    private long worker;
    private int workers;

    Domains(Workplace at) {
        this.at = at;
    }

    Result run() throws Exception {
        String source = Files.readString(at.root().resolve("parsers/scripts/generic/mqtt_device_parser.py"));
        try (KafkaWriter writer = new KafkaWriter(at.pusher().kafka(), at.clock());
                Evidence evidence = new Evidence(at.pusher().kafka())) {
            for (int n = 0; n < SCRIPTS; n++) {
                writer.write(script(n, source));
            }
            for (int sweep = 1; sweep <= SWEEPS; sweep++) {
                Duration took = sweep(writer, evidence, sweep);
                facts.add(Fact.of("sweep " + sweep, SCRIPTS * EACH * 1e9 / took.toNanos(), "/s"));
                look();
                at.warmedUp();
            }
        }
        facts.add(new Fact(
                "resident memory of the connector", connector, "MB", Limit.atMost(WANTED_CONNECTOR_MEGABYTES)));
        facts.add(Fact.of("worker processes", workers, ""));
        facts.add(new Fact(
                "resident memory of a worker process, the most", worker, "MB", Limit.atMost(WANTED_WORKER_MEGABYTES)));
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("scripts", Integer.toString(SCRIPTS));
        settings.put("domains", Integer.toString(DOMAINS));
        settings.put("commands of each script in a sweep", Integer.toString(EACH));
        Optional.ofNullable(System.getenv("PARSER_ISOLATION"))
                .ifPresent(said -> settings.put("PARSER_ISOLATION", said));
        return new Result(
                Scenario.DOMAINS.word(), Scenario.DOMAINS.question(), settings, List.of(), List.of(), facts, List.of());
    }

    private static ParserRef ref(int n) {
        return new ParserRef("domains_" + n + ".py");
    }

    /** Each another text, or they would share what is parsed. */
    private PublishedScript script(int n, String source) {
        String owner = "configmap:tenant-" + n % DOMAINS + "/scripts";
        ParserScript script = new ParserScript(
                TrustDomain.ofOwner(owner), ref(n), source + "\nNUMBER = " + n + "\n", Map.of(), Optional.empty());
        Digest digest = script.version().sha256();
        return new PublishedScript(
                script.ref(),
                script.source(),
                new TreeMap<>(),
                Optional.empty(),
                digest,
                owner,
                at.clock().instant());
    }

    private Duration sweep(KafkaWriter writer, Evidence evidence, int sweep) throws IOException, InterruptedException {
        List<Commands> all = new ArrayList<>();
        Map<Commands, Tally> tallies = new LinkedHashMap<>();
        for (int n = 0; n < SCRIPTS; n++) {
            Commands commands = Commands.mqtt(at.newRun("sweep" + sweep + "s" + n), ref(n).value(), EACH, EACH);
            all.add(commands);
            tallies.put(commands, evidence.follow(commands));
        }
        long begin = System.nanoTime();
        writer.writeInTurn(all);
        for (Tally tally : tallies.values()) {
            tally.awaitAll("sent", PATIENCE);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        tallies.values().forEach(evidence::forget);
        return took;
    }

    private void look() throws IOException {
        long pid = at.pusher().pid(Pusher.MQTT);
        connector = Math.max(connector, megabytes(pid));
        List<Long> children = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .toList();
        workers = Math.max(workers, children.size());
        worker = children.stream().mapToLong(Domains::megabytes).reduce(worker, Math::max);
    }

    private static long megabytes(long pid) {
        return ProcessUsage.of(pid).map(ProcessUsage::residentMegabytes).orElse(0L);
    }
}
