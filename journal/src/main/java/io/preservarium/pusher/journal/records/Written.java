package io.preservarium.pusher.journal.records;

import org.apache.kafka.clients.producer.ProducerRecord;

/** A record to send, or why there is none. */
public sealed interface Written {

    record Fits(ProducerRecord<byte[], byte[]> record) implements Written {}

    /** The broker would refuse it. */
    record TooLarge(long bytes, int limit) implements Written {
        public String message() {
            return "the record must have at most " + limit + " bytes with its headers but had " + bytes;
        }
    }
}
