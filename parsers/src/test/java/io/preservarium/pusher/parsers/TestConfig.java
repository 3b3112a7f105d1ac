package io.preservarium.pusher.parsers;

import io.preservarium.pusher.parsers.process.Isolation;
import java.time.Duration;
import java.util.OptionalInt;

/** The defaults, except what a test says. */
record TestConfig(Duration callLimit, Duration loadLimit, OptionalInt contexts, Isolation isolation)
        implements ParsersConfig {

    TestConfig(Duration callLimit, Duration loadLimit, int contexts) {
        this(callLimit, loadLimit, OptionalInt.of(contexts), Isolation.IN_PROCESS);
    }

    static TestConfig defaults() {
        return new TestConfig(Duration.ofMillis(250), Duration.ofSeconds(5), 2);
    }

    static TestConfig inProcesses(int contexts) {
        return new TestConfig(
                Duration.ofMillis(250), Duration.ofSeconds(5), OptionalInt.of(contexts), Isolation.PROCESS);
    }

    @Override
    public long memoryLimit() {
        return 256L << 20;
    }

    @Override
    public int outputLimit() {
        return 65536;
    }

    @Override
    public int scriptLimit() {
        return 262144;
    }

    @Override
    public int domains() {
        return 4;
    }

    @Override
    public int quarantineAfter() {
        return 3;
    }

    @Override
    public Duration quarantine() {
        return Duration.ofSeconds(2);
    }
}
