package io.preservarium.pusher.parsers.process;

import io.preservarium.pusher.parsers.context.ScriptClock;
import io.preservarium.pusher.parsers.runtime.ScriptLimits;
import java.time.Duration;
import java.util.List;

/** What a worker process is told when it is started. */
public record WorkerArguments(ScriptClock clock, ScriptLimits limits) {

    List<String> write() {
        return List.of(
                clock.name(),
                limits.call().toString(),
                limits.load().toString(),
                String.valueOf(limits.memory()),
                String.valueOf(limits.output()),
                String.valueOf(limits.script()),
                String.valueOf(limits.domains()));
    }

    /** One context, and no quarantine: the service decides on that. */
    static WorkerArguments read(String[] all) {
        int first = WorkerCommand.isMeant(all) ? 1 : 0;
        return new WorkerArguments(
                ScriptClock.valueOf(all[first]),
                new ScriptLimits(
                        Duration.parse(all[first + 1]),
                        Duration.parse(all[first + 2]),
                        Long.parseLong(all[first + 3]),
                        Integer.parseInt(all[first + 4]),
                        Integer.parseInt(all[first + 5]),
                        1,
                        Integer.parseInt(all[first + 6]),
                        Integer.MAX_VALUE,
                        Duration.ofDays(1)));
    }
}
