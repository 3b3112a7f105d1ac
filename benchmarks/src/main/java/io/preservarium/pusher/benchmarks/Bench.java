package io.preservarium.pusher.benchmarks;

import io.preservarium.pusher.benchmarks.platform.Pusher;
import io.preservarium.pusher.benchmarks.report.Report;
import io.preservarium.pusher.benchmarks.report.Result;
import io.preservarium.pusher.benchmarks.scenario.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The program behind {@code ./dev bench}: runs scenarios one after the other, each on a pusher of its own. */
@Command(
        name = "./dev bench",
        usageHelpWidth = 110,
        description = "Load on the whole path, beside bare baselines in the same run.")
public final class Bench implements Callable<Integer> {

    private final Clock clock;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--root", paramLabel = "DIR", hidden = true)
    private Path root = Path.of(".");

    @Parameters(paramLabel = "SCENARIO", description = "Which ones (all of them); 'list' says what each asks.")
    private List<String> scenarios = new ArrayList<>();

    private Bench(Clock clock) {
        this.clock = clock;
    }

    public static void main(String[] args) {
        Bench bench = new Bench(Clock.systemUTC());
        // Children end with us, however we end in order.
        Runtime.getRuntime().addShutdownHook(new Thread(Bench::endChildren));
        System.exit(new CommandLine(bench).execute(args));
    }

    private static void endChildren() {
        List<ProcessHandle> children = ProcessHandle.current().children().toList();
        children.forEach(ProcessHandle::destroy);
        children.forEach(child -> child.onExit().join());
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (scenarios.contains("list")) {
            Arrays.stream(Scenario.values()).forEach(s -> out.printf("%-14s %s%n", s.word(), s.question()));
            return 0;
        }
        Path here = root.toAbsolutePath().normalize();
        Path folder = Files.createDirectories(here.resolve(".dev/bench"));
        Report report = new Report(Files.createDirectories(options.results(here)), here, clock, options.quick());
        for (Scenario scenario : chosen()) {
            out.println(scenario.word() + ": " + scenario.question());
            out.flush();
            try (Pusher pusher = pusher(here, scenario)) {
                Result result = scenario.run(new Workplace(here, folder, pusher, options, clock, out));
                report.write(result, out);
            }
        }
        return 0;
    }

    private Pusher pusher(Path here, Scenario scenario) throws IOException, InterruptedException {
        if (options.running()) {
            return Pusher.running(options.data(here), options.portOffset());
        }
        List<String> javaOptions = new ArrayList<>(scenario.javaOptions());
        javaOptions.addAll(options.javaOptions());
        return Pusher.start(here, options.data(here), options.portOffset(), javaOptions, scenario.environment());
    }

    private List<Scenario> chosen() {
        if (scenarios.isEmpty()) {
            return List.of(Scenario.values());
        }
        return scenarios.stream()
                .map(word -> Scenario.of(word)
                        .orElseThrow(() -> new ParameterException(
                                spec.commandLine(), "'" + word + "' is no scenario; ./dev bench list tells them")))
                .toList();
    }
}
