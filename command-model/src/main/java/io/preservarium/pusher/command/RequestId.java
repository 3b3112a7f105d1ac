package io.preservarium.pusher.command;

/** One command of a device: 1 to 128 of {@code [A-Za-z0-9._:-]}. Together with the device id it is the command's identity. */
public record RequestId(String value) implements Comparable<RequestId> {

    public static final int MAX_LENGTH = 128;

    public RequestId {
        if (!isAllowed(value)) {
            throw new IllegalArgumentException(
                    "request id must have 1 to 128 characters of A-Z a-z 0-9 . _ : - but was "
                            + (value.length() > 140 ? value.length() + " characters long" : "'" + value + "'"));
        }
    }

    private static boolean isAllowed(String value) {
        return !value.isEmpty() && value.length() <= MAX_LENGTH && value.chars().allMatch(RequestId::isAllowed);
    }

    private static boolean isAllowed(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._:-".indexOf(c) >= 0;
    }

    @Override
    public int compareTo(RequestId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
