package io.preservarium.pusher.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How long and how much; what is not given is what the published results were measured with, or small with --quick. */
public final class RunOptions {

    @Option(names = "--quick", description = "Small sizes, to see that everything works; proves no figure.")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N", description = "Measured rounds of each contender (3).")
    private int rounds = 3;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Length of a round that is bounded by time (10; quick 3).")
    private Optional<Integer> seconds = Optional.empty();

    @Option(
            names = "--commands",
            paramLabel = "N",
            description = "Commands in a round (each scenario has its own size).")
    private Optional<Integer> commands = Optional.empty();

    @Option(names = "--devices", paramLabel = "N", description = "Devices (each scenario has its own number).")
    private Optional<Integer> devices = Optional.empty();

    @Option(names = "--connections", paramLabel = "N", description = "Connections to the REST door (16).")
    private int connections = 16;

    @Option(names = "--in-flight", paramLabel = "N", description = "CoAP uplinks on the way at once (64).")
    private int inFlight = 64;

    @Option(
            names = "--script",
            paramLabel = "REF",
            description = "The parser script of the commands (mqtt_device_parser.py).")
    private String script = "mqtt_device_parser.py";

    @Option(names = "--no-baselines", description = "The pusher only.")
    private boolean noBaselines;

    @Option(
            names = "--running",
            description = "Against a ./dev up that runs (say its --data and --port-offset) instead of an own one.")
    private boolean running;

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder (.dev/bench/data, emptied first).")
    private Optional<Path> data = Optional.empty();

    @Option(names = "--port-offset", paramLabel = "N", description = "Added to every port (15000).")
    private int portOffset = 15_000;

    @Option(
            names = "--java-option",
            paramLabel = "[SERVICE:]OPTION",
            description = "For the JVM of a service, or of every service; can be repeated.")
    private List<String> javaOptions = new ArrayList<>();

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "Where the results go (benchmarks/results; quick .dev/bench/results).")
    private Optional<Path> results = Optional.empty();

    public boolean quick() {
        return quick;
    }

    public int rounds() {
        return rounds;
    }

    public int seconds() {
        return seconds.orElse(quick ? 3 : 10);
    }

    /** As asked for, or else one of these. */
    public int commands(int usually, int quickly) {
        return commands.orElse(quick ? quickly : usually);
    }

    /** As asked for, or else one of these. */
    public int devices(int usually, int quickly) {
        return devices.orElse(quick ? quickly : usually);
    }

    public int connections() {
        return connections;
    }

    public int inFlight() {
        return inFlight;
    }

    public String script() {
        return script;
    }

    public boolean baselines() {
        return !noBaselines;
    }

    /** A profile is of the pusher. */
    void withoutBaselines() {
        noBaselines = true;
    }

    boolean running() {
        return running;
    }

    Path data(Path root) {
        return data.map(Path::toAbsolutePath).orElse(root.resolve(".dev/bench/data"));
    }

    public int portOffset() {
        return portOffset;
    }

    List<String> javaOptions() {
        return List.copyOf(javaOptions);
    }

    Path results(Path root) {
        return results.map(Path::toAbsolutePath)
                .orElse(root.resolve(quick ? ".dev/bench/results" : "benchmarks/results"));
    }
}
