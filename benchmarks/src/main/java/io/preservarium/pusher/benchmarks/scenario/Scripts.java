package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.load.ScriptCalls;
import io.preservarium.pusher.benchmarks.platform.Child;
import io.preservarium.pusher.benchmarks.report.Contestant;
import io.preservarium.pusher.benchmarks.report.Fact;
import io.preservarium.pusher.benchmarks.report.Limit;
import io.preservarium.pusher.benchmarks.report.Result;
import io.preservarium.pusher.benchmarks.report.Round;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Calls of one script that makes 34 bytes, on one processor: in process, in a worker process, and the languages' own engines. */
final class Scripts {

    private static final double WANTED_IN_PROCESS = 15_000;
    private static final double WANTED_IN_WORKER = 8_000;
    private static final double WANTED_SWAP_MILLIS = 2;
    private static final int SWAPS = 3;
    private static final int SWAP_SECONDS = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Both a connector's heap and one for a worker's service are small beside it. */
    private static final int HEAP_MEGABYTES = 512;

    private static final List<String> ONE_PROCESSOR = List.of("taskset", "--cpu-list", "0");
    private static final String IN_PROCESS = "Python in process";
    private static final String IN_WORKER = "Python in a worker process";
    private static final String PYTHON = "benchmarks/scripts/thirty_four_bytes.py";
    private static final String JAVA_SCRIPT = "benchmarks/scripts/thirty_four_bytes.js";
    private static final String COMMAND = "{\"payload\":{\"name\":\"sensor\",\"interval\":300,\"time\":1700000000,"
            + "\"thresholds\":[-10,25],\"gain\":1.5,\"urgent\":true}}";
    private static final String BYTES = "0102012c6553f100fff600193fc000003f0073656e736f7200000000000000000000";

    private final Workplace at;
    private final List<String> notes = new ArrayList<>();

    Scripts(Workplace at) {
        this.at = at;
    }

    Result run() throws Exception {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(runtime(IN_PROCESS, "in-process", PYTHON));
        contenders.add(runtime(IN_WORKER, "process", PYTHON));
        contenders.add(runtime("JavaScript in process", "in-process", JAVA_SCRIPT));
        if (at.options().baselines()) {
            contenders.add(engine("CPython", "python3", "benchmarks/baselines/script_speed.py", PYTHON));
            contenders.add(engine("Node", "node", "benchmarks/baselines/script_speed.js", JAVA_SCRIPT));
        }
        List<Contestant> contestants = new Comparison(at, contenders).run();
        List<Fact> facts = new ArrayList<>(
                List.of(atLeast(contestants.get(0), WANTED_IN_PROCESS), atLeast(contestants.get(1), WANTED_IN_WORKER)));
        facts.addAll(swaps(IN_PROCESS, "in-process"));
        facts.addAll(swaps(IN_WORKER, "process"));
        return new Result(
                Scenario.SCRIPTS.word(),
                Scenario.SCRIPTS.question(),
                Map.of("processors", "1", "bytes", "34"),
                contestants,
                Comparison.ratios(contestants, Map.of()),
                facts,
                notes);
    }

    private static Fact atLeast(Contestant contestant, double wanted) {
        return new Fact(contestant.name(), contestant.median(), "/s", Limit.atLeast(wanted));
    }

    /** Medians of what calls at an even pace wait when another version becomes live between them. */
    private List<Fact> swaps(String name, String isolation) throws Exception {
        List<Double> usual = new ArrayList<>();
        List<Double> longest = new ArrayList<>();
        try (Engine engine = runtime(name, isolation, PYTHON)) {
            new Quiet(at).await();
            new UntilSteady(at).repeat(name, () -> engine.run(0).perSecond());
            for (int swap = 0; swap < SWAPS; swap++) {
                String[] waited = engine.ask("swap " + SWAP_SECONDS, "swapped");
                usual.add(Long.parseLong(waited[0]) / 1e6);
                longest.add(Long.parseLong(waited[1]) / 1e6);
            }
        }
        return List.of(
                new Fact(
                        name + ": p99 of ten seconds with a new version in them",
                        Comparison.median(usual),
                        "ms",
                        Limit.atMost(WANTED_SWAP_MILLIS)),
                Fact.of(name + ": the longest of them", Comparison.median(longest), "ms"));
    }

    private Engine runtime(String name, String isolation, String script) throws Exception {
        return new Engine(
                name,
                Child.java(
                        ScriptCalls.class,
                        HEAP_MEGABYTES,
                        isolation,
                        at.root().resolve(script).toString(),
                        "directory",
                        "1"));
    }

    private Contender engine(String name, String program, String driver, String script) throws Exception {
        return new Engine(
                name,
                List.of(
                        program,
                        at.root().resolve(driver).toString(),
                        at.root().resolve(script).toString(),
                        COMMAND));
    }

    private final class Engine implements Contender {

        private final String name;
        private final Child child;

        Engine(String name, List<String> command) throws IOException, InterruptedException {
            this.name = name;
            List<String> onOne = new ArrayList<>(ONE_PROCESSOR);
            onOne.addAll(command);
            this.child = Child.start(name, onOne, Map.of(), at.log(name.replace(' ', '-')));
            String bytes = child.await("ready", Child.START);
            if (!bytes.equals(BYTES)) {
                throw new IOException(name + " made " + bytes + " instead of " + BYTES);
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Map<String, Long> processes() {
            return Map.of("engine", child.pid());
        }

        @Override
        public Round run(int number) throws IOException, InterruptedException {
            String[] ran = ask("run " + at.options().seconds(), "ran");
            return Round.of(Long.parseLong(ran[0]), Duration.ofNanos(Long.parseLong(ran[1])));
        }

        String[] ask(String order, String answer) throws IOException, InterruptedException {
            child.say(order);
            return child.await(answer, PATIENCE).split(" ");
        }

        @Override
        public void close() throws InterruptedException {
            child.close();
        }
    }
}
