package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.RequestId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/** Where a record stands; as text {@code <topic>-<partition>-<offset>}. */
public record RecordPlace(String topic, int partition, long offset) {

    private static final Pattern TEXT = Pattern.compile("([A-Za-z0-9._-]{1,249})-([0-9]{1,9})-([0-9]{1,18})");
    private static final int LONGEST_REQUEST_ID = 128;

    public RecordPlace {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException(
                    "partition and offset must not be negative but were " + partition + " and " + offset);
        }
    }

    /** Empty when the text is no place. */
    static Optional<RecordPlace> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? Optional.of(new RecordPlace(
                        matcher.group(1), Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(3))))
                : Optional.empty();
    }

    public TopicPartition topicPartition() {
        return new TopicPartition(topic, partition);
    }

    /** The id of a command whose record names none: the place, or its last 128 characters where the topic's name is very long. */
    public RequestId asRequestId() {
        String text = toString();
        return new RequestId(text.substring(Math.max(0, text.length() - LONGEST_REQUEST_ID)));
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "-" + offset;
    }
}
