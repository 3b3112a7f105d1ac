package io.preservarium.pusher.benchmarks.scenario;

import io.preservarium.pusher.benchmarks.Workplace;

/**
 * Repeats the work until it gets no faster: the JIT compiler has its code only after some hundred thousand events, and what
 * is asked for is how a service runs all day. Everybody is warmed up like this, the programs beside the pusher too.
 */
final class UntilSteady {

    /** A round that is this much faster than all before says that there is more to come. */
    private static final double FASTER = 1.05;

    private static final int NO_FASTER = 3;
    private static final int MOST_ROUNDS = 20;

    /** Some work that can be done again. */
    interface Work {
        double perSecond() throws Exception;
    }

    private final Workplace at;

    UntilSteady(Workplace at) {
        this.at = at;
    }

    /** Gives the best rate that was reached; once must do for a quick run. */
    double repeat(String what, Work work) throws Exception {
        int most = at.options().quick() ? 1 : MOST_ROUNDS;
        double first = work.perSecond();
        double best = first;
        int rounds = 1;
        for (int noFaster = 0; rounds < most && noFaster < NO_FASTER; rounds++) {
            double rate = work.perSecond();
            noFaster = rate > best * FASTER ? 0 : noFaster + 1;
            best = Math.max(best, rate);
        }
        at.say("%-34s warm-up %,9.0f /s, %,.0f /s after %d rounds", what, first, best, rounds);
        return best;
    }
}
