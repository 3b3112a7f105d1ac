package io.preservarium.pusher.benchmarks.report;

import java.util.List;
import java.util.Map;

/** Everything one scenario has to say; its settings are the options that shaped it. */
public record Result(
        String scenario,
        String question,
        Map<String, String> settings,
        List<Contestant> contestants,
        List<Ratio> ratios,
        List<Fact> facts,
        List<String> notes) {

    public Result {
        contestants = List.copyOf(contestants);
        ratios = List.copyOf(ratios);
        facts = List.copyOf(facts);
        notes = List.copyOf(notes);
    }
}
