package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.platform.ProcessUsage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Waits until the pusher has nothing left to do from the round before, so that nobody pays for somebody else's. */
final class Quiet {

    /** Of one core, all processes together; an idle pusher needs about a tenth. */
    private static final double IDLE = 0.25;

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration NEWS_AFTER = Duration.ofSeconds(10);

    private final Workplace at;
    private final Duration atMost;

    Quiet(Workplace at) {
        this.at = at;
        this.atMost = at.options().quick() ? Duration.ofSeconds(10) : Duration.ofMinutes(10);
    }

    /** Says so when it took long, or was given up. */
    void await() throws IOException, InterruptedException {
        long start = System.nanoTime();
        Duration before = used();
        while (true) {
            long lookedAt = System.nanoTime();
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            Duration after = used();
            double cores = (double) after.minus(before).toNanos() / (System.nanoTime() - lookedAt);
            before = after;
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            boolean patient = waited.compareTo(atMost) < 0;
            if (cores < IDLE || !patient) {
                if (waited.compareTo(NEWS_AFTER) > 0) {
                    at.say(
                            "%s after %d s (%.2f cores)",
                            cores < IDLE ? "quiet" : "not quiet, going on", waited.toSeconds(), cores);
                }
                return;
            }
        }
    }

    private Duration used() throws IOException {
        return at.pusher().processes().values().stream()
                .map(ProcessUsage::of)
                .flatMap(Optional::stream)
                .map(ProcessUsage::processor)
                .reduce(Duration.ZERO, Duration::plus);
    }
}
