package io.preservarium.pusher.standalone;

import java.time.Clock;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program behind {@code ./dev up} and {@code ./dev device}. */
@Command(name = "./dev", synopsisSubcommandLabel = "COMMAND")
public final class Standalone implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(commandLine(Clock.systemUTC(), StopSignal.ofThisProcess()).execute(args));
    }

    /** Every command, with the clock and the stop signal it works with. */
    static CommandLine commandLine(Clock clock, StopSignal stop) {
        CommandLine commands = new CommandLine(new Standalone())
                .addSubcommand(new Up(clock, stop))
                .addSubcommand(new CommandLine(new Device())
                        .addSubcommand(new SimulatedEfento(clock, stop))
                        .addSubcommand(new SimulatedMqttDevice(stop)))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof CannotGoOn) {
                        command.getErr().println(failure.getMessage());
                    } else {
                        failure.printStackTrace(command.getErr());
                    }
                    return 1;
                });
        addHelp(commands);
        return commands;
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .type(boolean.class)
                        .usageHelp(true)
                        .description("Show this help.")
                        .build());
        command.getSubcommands().values().forEach(Standalone::addHelp);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say which command");
    }

    /** The parent of the simulated devices. */
    @Command(name = "device", description = "A simulated device.")
    private static final class Device implements Runnable {

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before run()
        private CommandSpec spec;

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "say which kind of device: efento or mqtt");
        }
    }
}
