package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;
import io.preservarium.pusher.benchmarks.report.Contestant;
import io.preservarium.pusher.benchmarks.report.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Uplinks without a command, beside a Californium server that only writes them to Kafka. */
final class CoapUplinks {

    private static final double WANTED = 0.7;

    private final Workplace at;
    private final int devices;

    CoapUplinks(Workplace at) {
        this.at = at;
        this.devices = at.options().devices(10_000, 1_000);
    }

    Result run() throws Exception {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(Uplinks.toPusher(at, devices));
        if (at.options().baselines()) {
            contenders.add(Uplinks.toCalifornium(at, devices));
        }
        List<Contestant> contestants = new Comparison(at, contenders).run();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("devices", Integer.toString(devices));
        settings.put("in flight", Integer.toString(at.options().inFlight()));
        settings.put("seconds per round", Integer.toString(at.options().seconds()));
        settings.put("payload bytes", Integer.toString(Uplinks.PAYLOAD.length));
        return new Result(
                Scenario.COAP_UPLINK.word(),
                Scenario.COAP_UPLINK.question(),
                settings,
                contestants,
                Comparison.ratios(contestants, Map.of(Uplinks.BASELINE, WANTED)),
                List.of(),
                List.of());
    }
}
