package io.preservarium.pusher.parsers.tool;

import io.preservarium.pusher.parsers.check.ParserCheck;
import io.preservarium.pusher.parsers.check.ParserCheck.FailedExample;
import io.preservarium.pusher.parsers.check.ScriptExample;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import io.preservarium.pusher.parsers.process.Isolation;
import io.preservarium.pusher.parsers.runtime.ScriptLimits;
import io.preservarium.pusher.parsers.script.ParserScript;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
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
            ScriptFiles seen = ScriptFiles.read(paths);
            if (seen.scripts().isEmpty() && !watch) {
                throw new ParameterException(spec.commandLine(), "no .py or .js file in " + paths);
            }
            seen.scripts().forEach(script -> report(check, script));
            summary();
            while (watch) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                ScriptFiles now = ScriptFiles.read(paths);
                now.changedSince(seen).forEach(script -> report(check, script));
                seen = now;
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private void report(ParserCheck check, ParserScript script) {
        scripts++;
        PrintWriter out = spec.commandLine().getOut();
        out.println(script.ref() + "  sha256 " + script.version().sha256());
        out.flush();
        List<ScriptExample> read;
        try {
            read = script.examples().isPresent()
                    ? ScriptExample.read(script.examples().get())
                    : List.of();
        } catch (ScriptExample.Malformed e) {
            refused("its examples: " + e.getMessage());
            return;
        }
        if (check.check(script.withoutExamples()).toCompletableFuture().join()
                instanceof ParserCheck.Result.Refused refused) {
            refused(refused.message());
            return;
        }
        for (ScriptExample example : read) {
            examples++;
            Timed<Optional<FailedExample>> ran = timed(check.run(script, example));
            if (ran.result().isEmpty()) {
                line("ok", example.name(), ran.took());
            } else {
                failed++;
                line("FAILED", example.name(), ran.took());
                Difference.lines(ran.result().get()).forEach(text -> out.println("          " + text));
            }
        }
        if (read.isEmpty()) {
            out.println("  no examples: put them into " + script.ref() + ".examples.json");
        }
        out.flush();
    }

    private void refused(String why) {
        failed++;
        PrintWriter out = spec.commandLine().getOut();
        out.println("  REFUSED " + why);
        out.flush();
    }

    private void line(String verdict, String name, Duration took) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(Locale.ROOT, "  %-7s %-50s %8.1f ms", verdict, name, took.toNanos() / 1e6));
        out.flush();
    }

    private void summary() {
        PrintWriter out = spec.commandLine().getOut();
        out.println(scripts + " scripts, " + examples + " examples, " + failed + " failed");
        out.flush();
    }

    private record Timed<T>(T result, Duration took) {}

    private static <T> Timed<T> timed(CompletionStage<T> stage) {
        long begin = System.nanoTime();
        T result = stage.toCompletableFuture().join();
        return new Timed<>(result, Duration.ofNanos(System.nanoTime() - begin));
    }

    /** What lies in the paths, by file. */
    private record ScriptFiles(Map<Path, ParserScript> files) {

        static ScriptFiles read(List<Path> paths) {
            return new ScriptFiles(FolderScripts.read(paths));
        }

        List<ParserScript> scripts() {
            return List.copyOf(files.values());
        }

        List<ParserScript> changedSince(ScriptFiles earlier) {
            return files.entrySet().stream()
                    .filter(entry -> !Optional.of(entry.getValue())
                            .equals(Optional.ofNullable(earlier.files.get(entry.getKey()))))
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }
}
