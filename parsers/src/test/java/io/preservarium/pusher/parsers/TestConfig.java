package io.preservarium.pusher.parsers;

import java.time.Duration;
import java.util.OptionalInt;

/** The defaults, except what a test says. */
record TestConfig(Duration callLimit, Duration loadLimit, OptionalInt contexts) implements ParsersConfig {

    TestConfig(Duration callLimit, Duration loadLimit, int contexts) {
        this(callLimit, loadLimit, OptionalInt.of(contexts));
    }

    static TestConfig defaults() {
        return new TestConfig(Duration.ofMillis(250), Duration.ofSeconds(5), 2);
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
