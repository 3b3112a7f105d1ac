package io.preservarium.pusher.api.kafka;

import java.util.List;

/** What the last look at Kafka found. */
public sealed interface KafkaState {

    /** One sentence for people. */
    String message();

    /** Every topic is there, with this one partition count. */
    record Ready(int partitions) implements KafkaState {
        @Override
        public String message() {
            return "Kafka is reachable, the topics have " + partitions + " partitions";
        }
    }

    record Away(String why) implements KafkaState {
        @Override
        public String message() {
            return "Kafka is not reachable: " + why;
        }
    }

    record Missing(List<String> topics) implements KafkaState {
        public Missing {
            topics = List.copyOf(topics);
        }

        @Override
        public String message() {
            return "Kafka lacks the topics " + String.join(", ", topics);
        }
    }

    /** Counts differ from each other, or from what they were; keys would be looked for in the wrong partition. */
    record Unequal(String counts) implements KafkaState {
        @Override
        public String message() {
            return "the topics must have one equal partition count for life but have " + counts;
        }
    }

    default boolean isConnected() {
        return !(this instanceof Away);
    }
}
