package io.preservarium.pusher.benchmarks;

import io.preservarium.pusher.benchmarks.platform.FlightRecorder;
import io.preservarium.pusher.benchmarks.platform.Pusher;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;

/** What a scenario works with: the source tree, the pusher under load, the options, the clock, and where to say how it goes. */
public record Workplace(
        Path root,
        Path folder,
        Pusher pusher,
        RunOptions options,
        Optional<FlightRecorder> recorder,
        Clock clock,
        PrintWriter out) {

    /** A scenario says when what it is about begins. */
    public void warmedUp() throws IOException, InterruptedException {
        if (recorder.isPresent()) {
            recorder.get().start(pusher);
        }
    }

    public void say(String format, Object... values) {
        out.println("  " + String.format(Locale.ROOT, format, values));
        out.flush();
    }

    /** A name for a run's commands and devices that no earlier run had. */
    public String newRun(String name) {
        return name + Long.toString(clock.millis(), 36);
    }

    /** The log file of a child. */
    public Path log(String child) {
        return folder.resolve(child + ".log");
    }
}
