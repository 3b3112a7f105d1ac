package io.preservarium.pusher.standalone;

import java.util.concurrent.ThreadLocalRandom;

/** Ports that nobody uses at the moment. */
final class FreePorts {

    private FreePorts() {}

    static Ports find() {
        for (int i = 0; i < 50; i++) {
            Ports ports = new Ports(Ports.LOOPBACK, ThreadLocalRandom.current().nextInt(10_000, 20_000));
            try {
                ports.checkFree();
                return ports;
            } catch (CannotGoOn busy) {
                // try others
            }
        }
        throw new IllegalStateException("no free ports");
    }
}
