package io.preservarium.pusher.parsers.tool;

import io.preservarium.pusher.command.ParserRef;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a script that works, and examples that prove it, to begin with. */
@Command(
        name = NewParser.NAME,
        description = "Writes a parser script and its examples, to begin with.",
        mixinStandardHelpOptions = true)
final class NewParser implements Callable<Integer> {

    static final String NAME = "new-parser";

    private static final String PYTHON = """
            \"\"\"Commands of a valve, one byte of kind and one of value.\"\"\"


            def format_command(command, config):
                # None: not a command of this device.
                if command["command_type"] != "set_valve":
                    return None
                percent = command["payload"]["percent"]
                if not 0 <= percent <= 100:
                    raise ValueError(f"percent must be from 0 to 100 but was {percent}")
                return bytes([0x01, percent])


            def parse(payload, config):
                # What the device sent, as a list of dicts.
                return [{"percent": payload[1]}]
            """;

    private static final String JAVA_SCRIPT = """
            // Commands of a valve, one byte of kind and one of value.

            function format_command(command, config) {
              // null: not a command of this device.
              if (command.command_type !== "set_valve") return null;
              const percent = command.payload.percent;
              if (percent < 0 || percent > 100) throw new Error(`percent must be from 0 to 100 but was ${percent}`);
              return [0x01, percent];
            }

            function parse(payload, config) {
              // What the device sent, as a list of objects.
              return [{ percent: payload[1] }];
            }
            """;

    private static final String EXAMPLES = """
            {"examples": [
              {"name": "half open", "function": "format_command",
               "command": {"command_type": "set_valve", "payload": {"percent": 50}}, "config": {}, "bytes": "0132"},
              {"name": "more than open", "function": "format_command",
               "command": {"command_type": "set_valve", "payload": {"percent": 101}}, "config": {},
               "error": "percent must be from 0 to 100 but was 101"},
              {"name": "half open, said by the valve", "function": "parse", "payload": "0132", "config": {},
               "outputs": [{"percent": 50}]}
            ]}
            """;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "Its file name, such as valve.py or valve.js.")
    private String name = "";

    @Option(names = "--folder", paramLabel = "DIR", description = "Where it goes (the current folder).")
    private Path folder = Path.of(".");

    @Override
    public Integer call() throws IOException {
        ParserRef ref;
        try {
            ref = new ParserRef(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
        Path script = folder.resolve(ref.value());
        Path examples = folder.resolve(ref.value() + ".examples.json");
        for (Path file : new Path[] {script, examples}) {
            if (Files.exists(file)) {
                throw new ParameterException(spec.commandLine(), file + " is there already");
            }
        }
        Files.createDirectories(folder);
        Files.writeString(script, name.endsWith(".py") ? PYTHON : JAVA_SCRIPT);
        Files.writeString(examples, EXAMPLES);
        PrintWriter out = spec.commandLine().getOut();
        out.println("wrote " + script);
        out.println("wrote " + examples);
        out.flush();
        return 0;
    }
}
