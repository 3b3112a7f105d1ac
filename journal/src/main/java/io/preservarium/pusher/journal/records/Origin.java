package io.preservarium.pusher.journal.records;

import io.preservarium.pusher.command.Command;
import io.preservarium.pusher.command.wire.Headers;
import java.util.Arrays;
import java.util.Optional;

/** Where a command came in. */
public enum Origin {
    REST("rest"),
    KUBERNETES("k8s"),
    /** Somebody's own producer. */
    KAFKA("kafka");

    private final String word;

    Origin(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /** The one with this word; anything else is somebody's own producer. */
    public static Origin ofWord(String word) {
        return Arrays.stream(values())
                .filter(origin -> origin.word.equals(word))
                .findFirst()
                .orElse(KAFKA);
    }

    /**
     * The origin that a command record names, if it carries all that our writers put: the device id as key, and the
     * command's own id and protocol as headers. Else {@link #KAFKA}. This tells a copied header from our own records; it
     * is no proof, which only the topic's access rules give.
     */
    static Origin of(KafkaRecord record, Command command) {
        boolean isOurs = record.keyIs(command.deviceId())
                && record.header(Headers.REQUEST_ID)
                        .equals(Optional.of(command.requestId().value()))
                && record.header(Headers.PROTOCOL)
                        .equals(Optional.of(command.protocol().word()));
        return isOurs ? record.header(Headers.ORIGIN).map(Origin::ofWord).orElse(KAFKA) : KAFKA;
    }
}
