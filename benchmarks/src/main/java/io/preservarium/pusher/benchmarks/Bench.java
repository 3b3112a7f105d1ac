package io.preservarium.pusher.benchmarks;

import io.preservarium.pusher.benchmarks.micro.Micro;
import io.preservarium.pusher.benchmarks.platform.FlightRecorder;
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
import java.util.Optional;
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

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Option(names = "--root", paramLabel = "DIR", hidden = true)
    private Path root = Path.of(".");

    @Parameters(
            paramLabel = "SCENARIO",
            description = "Which ones (all of them). 'list' says what each asks; 'profile' before them records where"
                    + " the time goes, with the pusher alone; 'micro' measures single steps with JMH.")
    private List<String> words = new ArrayList<>();

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
        String first = words.isEmpty() ? "" : words.getFirst();
        if (first.equals("list")) {
            Arrays.stream(Scenario.values()).forEach(s -> out.printf("%-14s %s%n", s.word(), s.question()));
            return 0;
        }
        if (first.equals("micro")) {
            Micro.run(
                    options.quick(),
                    Files.createDirectories(
                            options.results(root.toAbsolutePath().normalize())));
            return 0;
        }
        boolean profiled = first.equals("profile");
        for (Scenario scenario : chosen(profiled ? words.subList(1, words.size()) : words)) {
            out.println(scenario.word() + ": " + scenario.question());
            out.flush();
            run(scenario, profiled, out);
        }
        return 0;
    }

    private void run(Scenario scenario, boolean profiled, PrintWriter out) throws Exception {
        Path here = root.toAbsolutePath().normalize();
        Path folder = Files.createDirectories(here.resolve(".dev/bench"));
        Report report = new Report(Files.createDirectories(options.results(here)), here, clock, options.quick());
        Optional<FlightRecorder> recorder =
                profiled ? Optional.of(new FlightRecorder(folder.resolve(scenario.word() + "-jfr"))) : Optional.empty();
        if (profiled) {
            options.withoutBaselines();
        }
        try (Pusher pusher = pusher(here, scenario)) {
            Result result = scenario.run(new Workplace(here, folder, pusher, options, recorder, clock, out));
            if (recorder.isPresent()) {
                report.writeProfile(result, recorder.get().stop(), out);
            } else {
                report.write(result, out);
            }
        }
    }

    private Pusher pusher(Path here, Scenario scenario) throws IOException, InterruptedException {
        if (options.running()) {
            return Pusher.running(options.data(here), options.portOffset());
        }
        List<String> javaOptions = new ArrayList<>(scenario.javaOptions());
        javaOptions.addAll(options.javaOptions());
        return Pusher.start(here, options.data(here), options.portOffset(), javaOptions, scenario.environment());
    }

    private List<Scenario> chosen(List<String> names) {
        if (names.isEmpty()) {
            return List.of(Scenario.values());
        }
        return names.stream()
                .map(word -> Scenario.of(word)
                        .orElseThrow(() -> new ParameterException(
                                spec.commandLine(), "'" + word + "' is no scenario; ./dev bench list tells them")))
                .toList();
    }
}
