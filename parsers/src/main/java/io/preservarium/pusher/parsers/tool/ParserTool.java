package io.preservarium.pusher.parsers.tool;

import io.preservarium.pusher.parsers.ParsersConfig;
import io.preservarium.pusher.parsers.ScriptParser;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;

/** The program that authors of scripts use; a connector's program is it when its first argument says so. */
public final class ParserTool {

    private static final List<String> COMMANDS = List.of(CheckParser.NAME, NewParser.NAME);

    private ParserTool() {}

    /** Whether a program's arguments ask for it. */
    public static boolean isMeant(String[] arguments) {
        return arguments.length > 0 && COMMANDS.contains(arguments[0]);
    }

    /**
     * @param config the limits that a connector would have here
     * @param out what is said, errors too
     * @return 0, 1 when a script failed its check, 2 when the arguments make no sense
     */
    public static int run(String[] arguments, ParsersConfig config, PrintWriter out) {
        return new CommandLine(new Commands())
                .addSubcommand(new CheckParser(ScriptParser.limits(config)))
                .addSubcommand(new NewParser())
                .setOut(out)
                .setErr(out)
                .execute(arguments);
    }

    @CommandLine.Command(
            name = "pusher",
            description = "For authors of parser scripts.",
            mixinStandardHelpOptions = true)
    private static final class Commands {}
}
