package io.preservarium.pusher.parsers.tool;

import io.preservarium.pusher.parsers.check.ParserCheck;
import io.preservarium.pusher.parsers.check.ParserCheck.FailedExample;
import io.preservarium.pusher.parsers.check.ScriptExample;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import io.preservarium.pusher.parsers.process.Isolation;
import io.preservarium.pusher.parsers.runtime.ScriptLimits;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.ScriptTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Loads scripts and runs their examples as a connector does before a version goes live, and says more about each. */
@Command(
        name = CheckParser.NAME,
        description = "Loads parser scripts and runs their examples, as a connector does before a version goes live.",
        mixinStandardHelpOptions = true)
final class CheckParser implements Callable<Integer> {

    static final String NAME = "check-parser";

    private static final long LOOK_MILLIS = 300;

    private final ScriptLimits limits;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "Scripts, or folders of them; with <script>.examples.json and .proto files beside them.")
    private List<Path> paths = List.of();

    @Option(names = "--watch", description = "Goes on, and checks again what is saved.")
    private boolean watch;

    private int scripts;
    private int examples;
    private int failed;

    CheckParser(ScriptLimits limits) {
        this.limits = limits;
    }

    @Override
    public Integer call() throws InterruptedException {
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new ParameterException(spec.commandLine(), "there is no " + path);
            }
        }
        try (ScriptSandbox sandbox = new ScriptSandbox();
                ParserCheck check = new ParserCheck(Isolation.PROCESS, sandbox, limits)) {
            ScriptTree seen = read();
            if (seen.scripts().isEmpty() && seen.refused().isEmpty() && !watch) {
                throw new ParameterException(spec.commandLine(), "no .py or .js file in " + paths);
            }
            seen.refused().forEach(this::report);
            seen.scripts().values().forEach(script -> report(check, script));
            say(scripts + " scripts, " + examples + " examples, " + failed + " failed");
            while (watch) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                ScriptTree now = read();
                changed(seen.refused(), now.refused()).forEach(this::report);
                changed(seen.scripts(), now.scripts()).values().forEach(script -> report(check, script));
                seen = now;
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private static <T> Map<Path, T> changed(Map<Path, T> before, Map<Path, T> now) {
        Map<Path, T> changed = new TreeMap<>(now);
        changed.entrySet().removeAll(before.entrySet());
        return changed;
    }

    /** A path that is gone holds nothing. */
    private ScriptTree read() {
        Set<Path> files = new TreeSet<>();
        Set<Path> wanted = new TreeSet<>();
        for (Path path : paths) {
            Path root = path.toAbsolutePath().normalize();
            try {
                if (Files.isDirectory(root)) {
                    List<Path> inside = ScriptTree.files(root);
                    files.addAll(inside);
                    wanted.addAll(inside);
                } else {
                    files.addAll(ScriptTree.files(root.resolveSibling("")));
                    wanted.add(root);
                }
            } catch (IOException | UncheckedIOException e) {
                throw new ParameterException(spec.commandLine(), "cannot look into " + path + ": " + e.getMessage());
            }
        }
        ScriptTree read = ScriptTree.read(files, limits.script());
        read.scripts().keySet().retainAll(wanted);
        read.refused().keySet().retainAll(wanted);
        return read;
    }

    private void report(Path file, String why) {
        failed++;
        say(file + "\n  REFUSED " + why);
    }

    private void report(ParserCheck check, ParserScript script) {
        scripts++;
        say(script.ref() + "  sha256 " + script.version().sha256());
        ParserCheck.Result result =
                check.check(script, this::ran).toCompletableFuture().join();
        switch (result) {
            case ParserCheck.Result.Passed(var version, int passed)
            when passed == 0 -> say("  no examples: put them into " + script.ref() + ".examples.json");
            case ParserCheck.Result.Passed passed -> {}
            case ParserCheck.Result.Refused refused -> {
                failed += Math.max(1, refused.failures().size());
                say("  REFUSED " + refused.message());
            }
        }
    }

    private void ran(ScriptExample example, Optional<FailedExample> failure, Duration took) {
        examples++;
        say(String.format(
                Locale.ROOT,
                "  %-7s %-50s %8.1f ms",
                failure.isEmpty() ? "ok" : "FAILED",
                example.name(),
                took.toNanos() / 1e6));
        failure.map(Difference::lines).orElse(List.of()).forEach(line -> say("          " + line));
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
