package io.preservarium.pusher.benchmarks.soak;

import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program behind {@code ./dev soak}. */
@Command(
        name = "./dev soak",
        usageHelpWidth = 110,
        description = "Long runs over data that others made.",
        subcommands = Codecs.class,
        mixinStandardHelpOptions = true)
public final class Soak {

    @Option(names = "--root", paramLabel = "DIR", hidden = true)
    private Path root = Path.of(".");

    private Soak() {}

    /** The repository. */
    Path root() {
        return root.toAbsolutePath().normalize();
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Soak()).execute(args));
    }
}
