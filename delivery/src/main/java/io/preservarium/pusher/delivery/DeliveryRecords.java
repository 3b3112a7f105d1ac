package io.preservarium.pusher.delivery;

import io.preservarium.pusher.journal.records.CancellationRecords;
import io.preservarium.pusher.journal.records.CommandRecords;
import io.preservarium.pusher.journal.records.DeadLetterRecords;
import io.preservarium.pusher.journal.records.RecordLimits;
import io.preservarium.pusher.journal.records.StatusRecords;
import io.preservarium.pusher.journal.records.UplinkRecords;

/** The records that delivery reads and writes, one type for each topic. */
public record DeliveryRecords(
        CommandRecords commands,
        CancellationRecords cancellations,
        StatusRecords status,
        UplinkRecords uplinks,
        DeadLetterRecords deadLetters) {

    public static DeliveryRecords of(DeliveryConfig.Topics topics, DeliveryRules rules, RecordLimits limits) {
        return new DeliveryRecords(
                new CommandRecords(topics.commands(), rules.expiry(), limits),
                new CancellationRecords(topics.cancellations(), limits),
                new StatusRecords(topics.status(), limits),
                new UplinkRecords(topics.uplinks(), limits),
                new DeadLetterRecords(topics.deadLetters(), limits));
    }
}
