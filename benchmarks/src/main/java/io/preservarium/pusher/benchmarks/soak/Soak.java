package io.preservarium.pusher.benchmarks.soak;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program behind {@code ./dev soak}. */
@Command(
        name = "./dev soak",
        usageHelpWidth = 110,
        description = "Long runs over data that others made.",
        subcommands = Codecs.class,
        mixinStandardHelpOptions = true)
public final class Soak {

    private Soak() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Soak()).execute(args));
    }
}
