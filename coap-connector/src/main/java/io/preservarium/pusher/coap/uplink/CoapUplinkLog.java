package io.preservarium.pusher.coap.uplink;

import io.preservarium.pusher.coap.endpoint.CoapLog;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** What is logged about uplinks, bounded: the texts of devices and scripts, and the lines that anybody who can send a datagram can cause. */
final class CoapUplinkLog {

    private static final int LONGEST = 300;
    private static final int LINES_PER_SECOND = 10;

    private final CoapLogBudget budget;

    /** @param nanoTime a clock that only goes forward */
    CoapUplinkLog(LongSupplier nanoTime) {
        this.budget = new CoapLogBudget(LINES_PER_SECOND, nanoTime);
    }

    void unreadable(CoapArrival arrival, String why) {
        withinBudget(
                CoapLog.LOG::leftOut,
                () -> CoapLog.LOG.unreadable(printable(arrival.path()), arrival.peer(), printable(why)));
    }

    void tooLarge(CoapArrival arrival, String why) {
        withinBudget(
                CoapLog.LOG::leftOutBeforeWarning,
                () -> CoapLog.LOG.tooLarge(
                        arrival.payload().length, printable(arrival.path()), arrival.peer(), printable(why)));
    }

    void notRecorded(CoapArrival arrival, String why) {
        if (CoapLog.LOG.isDebugEnabled()) {
            CoapLog.LOG.notRecorded(printable(arrival.path()), arrival.peer(), printable(why));
        }
    }

    void broken(CoapArrival arrival, Throwable cause) {
        CoapLog.LOG.broken(cause, printable(arrival.path()), arrival.peer());
    }

    private void withinBudget(LongConsumer leftOut, Runnable line) {
        budget.line().ifPresent(unsaid -> {
            if (unsaid > 0) {
                leftOut.accept(unsaid);
            }
            line.run();
        });
    }

    /** What devices and scripts say can be long, and can try to look like lines of this log. */
    private static String printable(String text) {
        String bounded = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
        return bounded.codePoints().anyMatch(Character::isISOControl) ? bounded.replaceAll("\\p{Cntrl}", "?") : bounded;
    }
}
