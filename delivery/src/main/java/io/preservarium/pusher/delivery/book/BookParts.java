package io.preservarium.pusher.delivery.book;

import io.preservarium.pusher.command.Protocol;
import io.preservarium.pusher.delivery.DeliveryRecords;
import io.preservarium.pusher.delivery.DeliveryRules;
import io.preservarium.pusher.journal.ReadPositions;
import io.preservarium.pusher.journal.records.HomePartitions;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/**
 * What keeping the book needs.
 *
 * @param source the name under which this replica writes events
 * @param ownsInvalidCommands whether it answers for records that are no command of any protocol
 * @param startsAtOnce whether an eligible command can leave now
 */
public record BookParts(
        DeliveryRules rules,
        Protocol protocol,
        String source,
        boolean ownsInvalidCommands,
        BooleanSupplier startsAtOnce,
        DeliveryRecords records,
        HomePartitions home,
        ReadPositions positions,
        HeldBooks books,
        ParserArrivals arrivals,
        BookListener listener,
        PartitionRelease release,
        Clock clock) {

    /** Called when a partition is taken away; returns when nothing written for it is under way any more. */
    public interface PartitionRelease {
        void released(int partition);
    }
}
