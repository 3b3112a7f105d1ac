package io.preservarium.pusher.command;

import java.util.regex.Pattern;

/** One command of a device: 1 to 128 of {@code [A-Za-z0-9._:-]}. Together with the device id it is the command's identity. */
public record RequestId(String value) implements Comparable<RequestId> {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    public RequestId {
        if (!ALLOWED.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "request id must have 1 to 128 characters of A-Z a-z 0-9 . _ : - but was "
                            + (value.length() > 140 ? value.length() + " characters long" : "'" + value + "'"));
        }
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
