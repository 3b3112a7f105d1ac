package io.preservarium.pusher.coap.uplink;

import java.util.List;
import java.util.Optional;

/** A path of the settings: fixed segments, at most one {@code {device_id}}, and a star for any further segments, or none. */
record CoapPath(List<String> segments, boolean open) {

    private static final String DEVICE_ID = "{device_id}";
    private static final String REST = "*";

    static CoapPath of(String text) {
        if (!text.startsWith("/") || text.length() < 2) {
            throw new IllegalArgumentException("a path must start with / and name something but was '" + text + "'");
        }
        List<String> parts = List.of(text.substring(1).split("/", -1));
        boolean open = parts.getLast().equals(REST);
        List<String> segments = open ? parts.subList(0, parts.size() - 1) : parts;
        if (segments.isEmpty()
                || segments.contains("")
                || segments.contains(REST)
                || segments.indexOf(DEVICE_ID) != segments.lastIndexOf(DEVICE_ID)) {
            throw new IllegalArgumentException(
                    "a path must have segments that are not empty, one {device_id} at most, and * only at its end, but was '"
                            + text + "'");
        }
        return new CoapPath(segments, open);
    }

    boolean namesDevice() {
        return segments.contains(DEVICE_ID);
    }

    boolean matches(List<String> path) {
        if (open ? path.size() < segments.size() : path.size() != segments.size()) {
            return false;
        }
        for (int i = 0; i < segments.size(); i++) {
            if (!segments.get(i).equals(DEVICE_ID) && !segments.get(i).equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** What stands at {@code {device_id}} in a path that matches. */
    Optional<String> deviceIn(List<String> path) {
        int at = segments.indexOf(DEVICE_ID);
        return at < 0 ? Optional.empty() : Optional.of(path.get(at));
    }
}
