package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.load.ScriptCalls;
import io.preservarium.pusher.benchmarks.platform.Child;
import io.preservarium.pusher.benchmarks.report.Contestant;
import io.preservarium.pusher.benchmarks.report.Ratio;
import io.preservarium.pusher.benchmarks.report.Result;
import io.preservarium.pusher.benchmarks.report.Round;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Calls of a good script, alone and beside one call a second of somebody else's that breaks every limit; the good one comes
 * with the installation, or runs in the same worker processes as the other.
 */
final class HostileScripts {

    private static final double WANTED = 0.8;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Long enough for a quarantine to begin and to go on. */
    private static final int SECONDS = 30;

    private static final int WARM_UP_SECONDS = 10;

    private static final int QUICK_SECONDS = 5;
    private static final int HEAP_MEGABYTES = 512;
    private static final String SCRIPT = "benchmarks/scripts/thirty_four_bytes.py";

    private final Workplace at;

    HostileScripts(Workplace at) {
        this.at = at;
    }

    Result run() throws Exception {
        int seconds = at.options().quick() ? QUICK_SECONDS : SECONDS;
        List<Contestant> contestants = new ArrayList<>();
        List<Ratio> ratios = new ArrayList<>();
        for (String domain : List.of("directory", "owner:good")) {
            String where = domain.equals("directory") ? "in process" : "in worker processes";
            try (Program program = new Program(where, domain)) {
                String alone = where + ", alone";
                List<Contestant> pair = new Comparison(
                                at,
                                List.of(
                                        program.contender(where + ", beside hostile calls", "hostile", seconds),
                                        program.contender(alone, "run", seconds)))
                        .run();
                contestants.addAll(pair);
                ratios.addAll(Comparison.ratios(pair, Map.of(alone, WANTED)));
            }
        }
        return new Result(
                Scenario.HOSTILE_SCRIPTS.word(),
                Scenario.HOSTILE_SCRIPTS.question(),
                Map.of("seconds", Integer.toString(seconds), "hostile calls a second", "1"),
                contestants,
                ratios,
                List.of(),
                List.of());
    }

    /** One runtime, so that both contenders have the same. */
    private final class Program implements AutoCloseable {

        private final Child child;

        Program(String name, String domain) throws IOException, InterruptedException {
            this.child = Child.start(
                    name,
                    Child.java(
                            ScriptCalls.class,
                            HEAP_MEGABYTES,
                            "auto",
                            at.root().resolve(SCRIPT).toString(),
                            domain,
                            "2"),
                    Map.of(),
                    at.log("hostile-" + domain.replace(':', '-')));
            child.await("ready", Child.START);
        }

        Contender contender(String name, String order, int seconds) {
            return new Contender() {
                @Override
                public String name() {
                    return name;
                }

                @Override
                public Map<String, Long> processes() {
                    return Map.of("runtime", child.pid());
                }

                @Override
                public Round run(int number) throws IOException, InterruptedException {
                    child.say(order + " " + (number == 0 ? Math.min(seconds, WARM_UP_SECONDS) : seconds));
                    String[] ran = child.await("ran", PATIENCE).split(" ");
                    return Round.of(Long.parseLong(ran[0]), Duration.ofNanos(Long.parseLong(ran[1])));
                }

                @Override
                public void close() {
                    // The program is both contenders'.
                }
            };
        }

        @Override
        public void close() throws InterruptedException {
            child.close();
        }
    }
}
