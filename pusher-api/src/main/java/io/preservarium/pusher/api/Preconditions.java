package io.preservarium.pusher.api;

import io.preservarium.pusher.command.Digest;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Arrays;
import java.util.Optional;

/** What a caller says must hold of the version that is there. RFC 9110 section 13.1, with the digest as entity tag. */
record Preconditions(Optional<String> ifMatch, Optional<String> ifNoneMatch) {

    private static final String ANY = "*";

    static Preconditions of(HttpHeaders headers) {
        return new Preconditions(
                Optional.ofNullable(headers.getHeaderString(HttpHeaders.IF_MATCH)),
                Optional.ofNullable(headers.getHeaderString(HttpHeaders.IF_NONE_MATCH)));
    }

    static String entityTag(Digest digest) {
        return '"' + digest.hex() + '"';
    }

    boolean hold(Optional<Digest> live) {
        return ifMatch.map(tags -> matches(tags, live)).orElse(true)
                && ifNoneMatch.map(tags -> !matches(tags, live)).orElse(true);
    }

    private static boolean matches(String tags, Optional<Digest> live) {
        return live.isPresent()
                && Arrays.stream(tags.split(","))
                        .map(String::strip)
                        .anyMatch(tag -> tag.equals(ANY) || tag.equals(entityTag(live.get())));
    }
}
