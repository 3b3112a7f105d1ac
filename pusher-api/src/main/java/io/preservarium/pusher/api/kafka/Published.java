package io.preservarium.pusher.api.kafka;

/** What became of one record on its way to Kafka. */
public sealed interface Published {

    /** Every in-sync replica has it. */
    record Taken() implements Published {}

    /** It is not there, or nobody knows. */
    record Failed(Outcome outcome, String why) implements Published {}

    /** What a caller may conclude; in both cases repeating with the same id is safe. */
    enum Outcome {
        /** It never left this process, or Kafka refused it. */
        NOT_SENT("not_sent"),
        /** It left and no answer came: it may be there. */
        UNKNOWN("unknown");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
