package io.preservarium.pusher.benchmarks.micro;

import java.nio.file.Path;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks of this package and leaves {@code micro.json} in the folder, in JMH's own form. */
public final class Micro {

    private Micro() {}

    public static void run(boolean quick, Path folder) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(Micro.class.getPackageName() + ".*")
                .resultFormat(ResultFormatType.JSON)
                .result(folder.resolve("micro.json").toString())
                .forks(1);
        if (quick) {
            TimeValue moment = TimeValue.milliseconds(100);
            options = options.warmupIterations(1)
                    .warmupTime(moment)
                    .measurementIterations(1)
                    .measurementTime(moment);
        }
        new Runner(options.build()).run();
    }
}
