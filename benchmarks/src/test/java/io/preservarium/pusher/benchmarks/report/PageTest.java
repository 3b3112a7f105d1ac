package io.preservarium.pusher.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PageTest {

    private static final Occasion OCCASION =
            new Occasion("2026-11-25T20:00:00Z", "abc", true, new Machine("a processor", 2, 24, "a JVM 25"));

    @Test
    void comparisonShowsRatesRatiosAndWhatEachProcessUsed() {
        Contestant ours = new Contestant(
                "pusher",
                List.of(100.0, 300.0, 200.0),
                200,
                1.5,
                20,
                new TreeMap<>(Map.of("brokers", 10.4, "driver", 1.0)),
                new TreeMap<>(Map.of("brokers", 400L, "driver", 100L)));
        Contestant other =
                new Contestant("bare", List.of(1000.0), 1000, 0, 0, Map.of("driver", 2.0), Map.of("driver", 9L));
        Result result = new Result(
                "mqtt",
                "a question",
                Map.of("commands", "5"),
                List.of(ours, other),
                List.of(new Ratio("pusher", "bare", 0.2, 0.5), new Ratio("pusher", "bare", 0.2, 0)),
                List.of(),
                List.of("a note"));

        assertThat(Page.of(result, OCCASION)).isEqualTo("""
                # mqtt: a question

                2026-11-25T20:00:00Z, commit abc, 2 cores (a processor), 24 GB, a JVM 25 **(quick: proves no figure)**

                commands 5

                | contender | median /s | rounds /s | p50 ms | p99 ms |
                |---|---:|---|---:|---:|
                | pusher | 200 | 100 · 300 · 200 | 1.50 | 20.00 |
                | bare | 1,000 | 1,000 | – | – |

                | ratio | | wanted | |
                |---|---:|---:|---|
                | pusher / bare | **0.200** | ≥ 0.5 | missed |
                | pusher / bare | **0.200** |  |  |

                | processor µs per event | brokers | driver |
                |---|---:|---:|
                | pusher | 10 | 1 |
                | bare |  | 2 |

                | resident MB | brokers | driver |
                |---|---:|---:|
                | pusher | 400 | 100 |
                | bare |  | 9 |

                - a note
                """);
    }

    @Test
    void factsAreJudgedByTheirLimits() {
        Result result = new Result(
                "million",
                "a question",
                Map.of("commands", "5"),
                List.of(),
                List.of(),
                List.of(
                        new Fact("heap", 512, "MB", Limit.atMost(512)),
                        new Fact("restart", 15.25, "s", Limit.atMost(15)),
                        Fact.of("rate", 12345.6, "/s")),
                List.of());

        assertThat(Page.of(result, OCCASION)).endsWith("""
                | figure | | wanted | |
                |---|---:|---:|---|
                | heap | 512 MB | ≤ 512 | met |
                | restart | 15.25 s | ≤ 15 | missed |
                | rate | 12,346 /s |  |  |
                """);
    }
}
