package io.preservarium.pusher.command;

/** The device a command is for: 1 to 256 characters, no control characters; the key of every record about it. */
public record DeviceId(String value) implements Comparable<DeviceId> {

    public static final int MAX_LENGTH = 256;

    public DeviceId {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "device id must have 1 to " + MAX_LENGTH + " characters but had " + value.length());
        }
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                throw new IllegalArgumentException(
                        "device id must have no control characters but had one at position " + i);
            }
        }
        if (!ForeignText.isWellFormed(value)) {
            throw new IllegalArgumentException("device id must be valid Unicode but had half a surrogate pair");
        }
    }

    @Override
    public int compareTo(DeviceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
