package io.preservarium.pusher.benchmarks.soak;

import io.preservarium.pusher.benchmarks.report.Fact;
import io.preservarium.pusher.benchmarks.report.Limit;
import io.preservarium.pusher.benchmarks.report.Report;
import io.preservarium.pusher.benchmarks.report.Result;
import io.preservarium.pusher.benchmarks.soak.CodecFile.Routine;
import io.preservarium.pusher.command.ParserRef;
import io.preservarium.pusher.parsers.ParsersConfig;
import io.preservarium.pusher.parsers.ScriptParser;
import io.preservarium.pusher.parsers.check.ParserCheck;
import io.preservarium.pusher.parsers.check.ParserCheck.FailedExample;
import io.preservarium.pusher.parsers.check.ScriptExample;
import io.preservarium.pusher.parsers.context.ScriptSandbox;
import io.preservarium.pusher.parsers.script.ParserScript;
import io.preservarium.pusher.parsers.script.TrustDomain;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Runs the examples of public codecs as a connector would run them, and says which come out differently. */
@Command(
        name = "codecs",
        mixinStandardHelpOptions = true,
        description = {
            "Runs every example of the LoRaWAN device repository's encodeDownlink and decodeUplink, unchanged.",
            "Get it with: git clone --depth 1 https://github.com/TheThingsNetwork/lorawan-devices"
        })
final class Codecs implements Callable<Integer> {

    /** Parts of the examples that must pass; the reference runner itself passes 100 % and 96 % of the snapshot of 2021. */
    private static final Map<Routine, Double> WANTED =
            Map.of(Routine.ENCODE_DOWNLINK, 98.0, Routine.DECODE_UPLINK, 95.0);

    private static final TrustDomain DOMAIN = TrustDomain.ofOwner("corpora");
    private static final int MAX_NAMED = 100;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--corpora",
            paramLabel = "DIR",
            required = true,
            description = "A checkout of the repository, or a folder with its vendor/.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path corpora;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Soak soak;

    @Option(names = "--results", paramLabel = "DIR", description = "Where the result goes (benchmarks/results).")
    private Optional<Path> results = Optional.empty();

    @Option(
            names = "--isolation",
            paramLabel = "HOW",
            description = "PARSER_ISOLATION: auto, as somebody else's scripts run, in-process or process (auto).")
    private String isolation = "auto";

    private final Map<Routine, Integer> examples = new EnumMap<>(Routine.class);
    private final Map<Routine, Integer> passed = new EnumMap<>(Routine.class);
    private final List<String> failed = new ArrayList<>();
    private int files;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path vendors = corpora.resolve("vendor");
        if (!Files.isDirectory(vendors)) {
            throw new ParameterException(spec.commandLine(), "--corpora: there is no folder vendor in " + corpora);
        }
        PrintWriter out = spec.commandLine().getOut();
        List<Path> codecs = codecs(vendors);
        long begin = System.nanoTime();
        ParsersConfig config = new SmallRyeConfigBuilder()
                .withMapping(ParsersConfig.class)
                .withDefaultValue("pusher.parsers.isolation", isolation)
                .build()
                .getConfigMapping(ParsersConfig.class);
        try (ScriptSandbox sandbox = new ScriptSandbox();
                ParserCheck check = new ParserCheck(config.isolation(), sandbox, ScriptParser.limits(config))) {
            for (Path codec : codecs) {
                run(CodecFile.read(codec), check);
                if (++files % 20 == 0) {
                    out.printf("%d of %d files, %d examples failed%n", files, codecs.size(), failed.size());
                    out.flush();
                }
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        Path here = soak.root();
        Path folder = Files.createDirectories(results.orElse(here.resolve("benchmarks/results")));
        Result result = result(seconds);
        new Report(folder, here, Clock.systemUTC(), false).write(result, out);
        return result.facts().stream().allMatch(fact -> !fact.verdict().equals("missed")) ? 0 : 1;
    }

    private static List<Path> codecs(Path vendors) throws IOException {
        try (Stream<Path> all = Files.walk(vendors, 2)) {
            return all.filter(file -> file.getFileName().toString().matches(".*codec.*\\.yaml"))
                    .sorted()
                    .toList();
        }
    }

    private void run(CodecFile codec, ParserCheck check) throws IOException {
        for (Routine routine : Routine.values()) {
            List<String> texts = codec.examples(routine);
            Optional<String> source = codec.script(routine);
            if (texts.isEmpty() || source.isEmpty()) {
                continue;
            }
            ParserScript script =
                    new ParserScript(DOMAIN, new ParserRef("codec.js"), source.get(), Map.of(), Optional.empty());
            for (String text : texts) {
                examples.merge(routine, 1, Integer::sum);
                try {
                    ScriptExample example = ScriptExample.read(text).getFirst();
                    count(codec, routine, example, check.run(script, example));
                } catch (ScriptExample.Malformed e) {
                    failed.add(line(codec, routine, String.valueOf(e.getMessage())));
                }
            }
        }
    }

    private void count(
            CodecFile codec, Routine routine, ScriptExample example, CompletionStage<Optional<FailedExample>> running) {
        Optional<FailedExample> failure = running.toCompletableFuture().join();
        if (failure.isEmpty()) {
            passed.merge(routine, 1, Integer::sum);
        } else {
            failed.add(
                    line(codec, routine, example.name() + ": " + failure.get().actual()));
        }
    }

    private static String line(CodecFile codec, Routine routine, String what) {
        String text = codec.name() + " " + routine.name().toLowerCase(Locale.ROOT) + " " + what;
        return text.substring(0, Math.min(text.length(), 200)).replace('\n', ' ');
    }

    private Result result(double seconds) {
        List<Fact> facts = new ArrayList<>();
        for (Routine routine : Routine.values()) {
            int of = examples.getOrDefault(routine, 0);
            int good = passed.getOrDefault(routine, 0);
            String name = routine.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            facts.add(Fact.of(name + ", examples", of, ""));
            facts.add(Fact.of(name + ", pass unchanged", good, ""));
            facts.add(new Fact(
                    name + ", part that passes",
                    of == 0 ? 0 : 100.0 * good / of,
                    "%",
                    Limit.atLeast(WANTED.getOrDefault(routine, 0.0))));
        }
        facts.add(Fact.of("all of them, time", seconds, "s"));
        List<String> notes = new ArrayList<>(failed.subList(0, Math.min(failed.size(), MAX_NAMED)));
        if (failed.size() > MAX_NAMED) {
            notes.add("and " + (failed.size() - MAX_NAMED) + " more");
        }
        return new Result(
                "codecs",
                "do public codecs do here what their examples say?",
                Map.of("files", String.valueOf(files), "isolation", isolation),
                List.of(),
                List.of(),
                facts,
                notes);
    }
}
