package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.platform.ProcessUsage;
import io.preservarium.pusher.benchmarks.report.Contestant;
import io.preservarium.pusher.benchmarks.report.Ratio;
import io.preservarium.pusher.benchmarks.report.Round;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** Contenders in alternating rounds (A B C A B C …), so that what else the machine does hits all of them. */
final class Comparison {

    private final Workplace at;
    private final List<Contender> contenders;

    Comparison(Workplace at, List<Contender> contenders) {
        this.at = at;
        this.contenders = contenders;
    }

    /** Warms everybody up, then measures; closes the contenders in the end. */
    List<Contestant> run() throws Exception {
        List<Figures> figures = contenders.stream().map(Figures::new).toList();
        try {
            Quiet quiet = new Quiet(at);
            UntilSteady untilSteady = new UntilSteady(at);
            for (Contender contender : contenders) {
                quiet.await();
                untilSteady.repeat(contender.name(), () -> contender.run(0).perSecond());
            }
            at.warmedUp();
            for (int number = 1; number <= at.options().rounds(); number++) {
                for (Figures figure : figures) {
                    quiet.await();
                    Round round = figure.measure(number);
                    at.say(
                            "%-34s round %d %,9.0f /s%s",
                            figure.contender.name(), number, round.perSecond(), latency(round.latencies()));
                }
            }
            return figures.stream().map(Figures::contestant).toList();
        } finally {
            for (Contender contender : contenders) {
                contender.close();
            }
        }
    }

    private static String latency(Histogram latencies) {
        return latencies.getTotalCount() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "   p50 %.2f ms  p99 %.2f ms",
                        latencies.getValueAtPercentile(50) / 1e6,
                        latencies.getValueAtPercentile(99) / 1e6);
    }

    /** The first one's median over those of the others. */
    static List<Ratio> ratios(List<Contestant> contestants, Map<String, Double> wanted) {
        Contestant ours = contestants.getFirst();
        return contestants.stream()
                .skip(1)
                .map(other -> new Ratio(
                        ours.name(),
                        other.name(),
                        ours.median() / other.median(),
                        wanted.getOrDefault(other.name(), 0.0)))
                .toList();
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** One contender's rounds, as they come in. */
    private static final class Figures {

        private final Contender contender;
        private final List<Double> perSecond = new ArrayList<>();
        private final Histogram latencies = Round.newLatencies();
        private final Map<String, Duration> processor = new LinkedHashMap<>();
        private final Map<String, Long> resident = new LinkedHashMap<>();
        private long events;

        Figures(Contender contender) {
            this.contender = contender;
        }

        Round measure(int number) throws Exception {
            Map<String, Long> processes = new LinkedHashMap<>(contender.processes());
            processes.put("driver", ProcessHandle.current().pid());
            Map<String, ProcessUsage> before = usage(processes);
            Round round = contender.run(number);
            Map<String, ProcessUsage> after = usage(processes);
            after.forEach((name, used) -> {
                Duration earlier = Optional.ofNullable(before.get(name))
                        .map(ProcessUsage::processor)
                        .orElse(Duration.ZERO);
                processor.merge(name, used.processor().minus(earlier), Duration::plus);
                resident.put(name, used.residentMegabytes());
            });
            perSecond.add(round.perSecond());
            latencies.add(round.latencies());
            events += round.events();
            return round;
        }

        private static Map<String, ProcessUsage> usage(Map<String, Long> processes) {
            Map<String, ProcessUsage> usage = new LinkedHashMap<>();
            processes.forEach((name, pid) -> ProcessUsage.of(pid).ifPresent(used -> usage.put(name, used)));
            return usage;
        }

        Contestant contestant() {
            Map<String, Double> micros = new LinkedHashMap<>();
            processor.forEach((name, used) -> micros.put(name, used.toNanos() / 1e3 / Math.max(1, events)));
            boolean timed = latencies.getTotalCount() > 0;
            return new Contestant(
                    contender.name(),
                    perSecond,
                    median(perSecond),
                    timed ? latencies.getValueAtPercentile(50) / 1e6 : 0,
                    timed ? latencies.getValueAtPercentile(99) / 1e6 : 0,
                    micros,
                    resident);
        }
    }
}
