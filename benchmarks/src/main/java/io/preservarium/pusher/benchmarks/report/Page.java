package io.preservarium.pusher.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A result as a Markdown page. */
final class Page {

    private final StringBuilder text = new StringBuilder();

    private Page() {}

    static String of(Result result, Occasion occasion) {
        Page page = new Page();
        page.head(result, occasion);
        page.rates(result.contestants());
        page.ratios(result.ratios());
        page.facts(result.facts());
        page.processor(result.contestants());
        page.memory(result.contestants());
        page.notes(result.notes());
        return page.text.toString();
    }

    private void head(Result result, Occasion occasion) {
        line("# %s: %s", result.scenario(), result.question());
        line("");
        line(
                "%s, commit %s, %d cores (%s), %d GB, %s%s",
                occasion.at(),
                occasion.commit(),
                occasion.machine().cores(),
                occasion.machine().processor(),
                occasion.machine().memoryGigabytes(),
                occasion.machine().java(),
                occasion.quick() ? " **(quick: proves no figure)**" : "");
        line("");
        line(
                "%s",
                result.settings().entrySet().stream()
                        .map(setting -> setting.getKey() + " " + setting.getValue())
                        .collect(Collectors.joining(", ")));
    }

    private void rates(List<Contestant> contestants) {
        if (contestants.isEmpty()) {
            return;
        }
        boolean timed = contestants.stream().anyMatch(contestant -> contestant.p99Millis() > 0);
        line("");
        line("| contender | median /s | rounds /s |%s", timed ? " p50 ms | p99 ms |" : "");
        line("|---|---:|---|%s", timed ? "---:|---:|" : "");
        for (Contestant contestant : contestants) {
            line(
                    "| %s | %,.0f | %s |%s",
                    contestant.name(),
                    contestant.median(),
                    contestant.perSecond().stream()
                            .map(rate -> String.format(Locale.ROOT, "%,.0f", rate))
                            .collect(Collectors.joining(" · ")),
                    timed ? latencies(contestant) : "");
        }
    }

    private static String latencies(Contestant contestant) {
        return contestant.p99Millis() == 0
                ? " – | – |"
                : String.format(Locale.ROOT, " %.2f | %.2f |", contestant.p50Millis(), contestant.p99Millis());
    }

    private void ratios(List<Ratio> ratios) {
        if (ratios.isEmpty()) {
            return;
        }
        line("");
        line("| ratio | | wanted | |");
        line("|---|---:|---:|---|");
        for (Ratio ratio : ratios) {
            line(
                    "| %s / %s | **%.3f** | %s | %s |",
                    ratio.of(), ratio.to(), ratio.value(), Limit.atLeast(ratio.wanted()), ratio.verdict());
        }
    }

    private void facts(List<Fact> facts) {
        if (facts.isEmpty()) {
            return;
        }
        line("");
        line("| figure | | wanted | |");
        line("|---|---:|---:|---|");
        for (Fact fact : facts) {
            line(
                    "| %s | %s %s | %s | %s |",
                    fact.name(), number(fact.value()), fact.unit(), fact.limit(), fact.verdict());
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 || value == Math.rint(value) ? "%,.0f" : "%.2f", value);
    }

    private void processor(List<Contestant> contestants) {
        table(
                "processor µs per event",
                contestants,
                (contestant, process) -> contestant.processorMicrosPerEvent().containsKey(process)
                        ? String.format(
                                Locale.ROOT,
                                "%,.0f",
                                contestant.processorMicrosPerEvent().get(process))
                        : "");
    }

    private void memory(List<Contestant> contestants) {
        table(
                "resident MB",
                contestants,
                (contestant, process) -> contestant.residentMegabytes().containsKey(process)
                        ? String.format(
                                Locale.ROOT,
                                "%,d",
                                contestant.residentMegabytes().get(process))
                        : "");
    }

    private interface Cell {
        String of(Contestant contestant, String process);
    }

    private void table(String title, List<Contestant> contestants, Cell cell) {
        TreeSet<String> processes = contestants.stream()
                .map(Contestant::residentMegabytes)
                .map(Map::keySet)
                .flatMap(java.util.Set::stream)
                .collect(Collectors.toCollection(TreeSet::new));
        if (processes.isEmpty()) {
            return;
        }
        line("");
        line("| %s | %s |", title, String.join(" | ", processes));
        line("|---|%s", "---:|".repeat(processes.size()));
        for (Contestant contestant : contestants) {
            line(
                    "| %s | %s |",
                    contestant.name(),
                    processes.stream()
                            .map(process -> cell.of(contestant, process))
                            .collect(Collectors.joining(" | ")));
        }
    }

    private void notes(List<String> notes) {
        if (!notes.isEmpty()) {
            line("");
            notes.forEach(note -> line("- %s", note));
        }
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
