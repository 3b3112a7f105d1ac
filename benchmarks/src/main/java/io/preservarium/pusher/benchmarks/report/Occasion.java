package io.preservarium.pusher.benchmarks.report;

/** When and where something was measured; {@code quick} figures prove nothing. */
public record Occasion(String at, String commit, boolean quick, Machine machine) {}
