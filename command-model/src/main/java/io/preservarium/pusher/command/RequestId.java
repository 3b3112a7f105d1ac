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
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (!isAllowed(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAllowed(char c) {
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
