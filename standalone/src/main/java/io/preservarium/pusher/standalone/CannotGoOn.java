package io.preservarium.pusher.standalone;

/** Something outside this program is not as it must be; the message tells the user what and what to do. */
final class CannotGoOn extends Exception {

    CannotGoOn(String message) {
        super(message);
    }

    CannotGoOn(String message, Throwable cause) {
        super(message, cause);
    }
}
