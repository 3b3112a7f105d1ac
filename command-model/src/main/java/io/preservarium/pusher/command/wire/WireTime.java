package io.preservarium.pusher.command.wire;

import io.preservarium.pusher.command.Command;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times in JSON and in headers. RFC 3339, written in UTC with three digits of a second. */
public final class WireTime {

    private static final Pattern LEAP_SECOND = Pattern.compile("([^:]+T[0-9]{2}:[0-9]{2}):60((?:\\.[0-9]+)?[^0-9.].*)");

    /** {@code 2026-11-21T01:52:00}, after which come the fraction and the offset. */
    private static final int WHOLE_SECONDS = 19;

    private static final int MOST_DIGITS = 9;

    private static final long SECONDS_PER_DAY = 86_400;

    private WireTime() {}

    static String text(Instant time) {
        long seconds = time.getEpochSecond();
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(seconds, SECONDS_PER_DAY));
        if (date.getYear() < 0 || date.getYear() > 9999) {
            return DateTimeFormatter.ISO_INSTANT.format(time.truncatedTo(ChronoUnit.MILLIS));
        }
        int second = (int) Math.floorMod(seconds, SECONDS_PER_DAY);
        byte[] text = "0000-00-00T00:00:00.000Z".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        digits(text, 3, date.getYear());
        digits(text, 6, date.getMonthValue());
        digits(text, 9, date.getDayOfMonth());
        digits(text, 12, second / 3600);
        digits(text, 15, second / 60 % 60);
        digits(text, 18, second % 60);
        digits(text, 22, time.getNano() / 1_000_000);
        return new String(text, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** Writes a number that ends at {@code last} over the zeros before it. */
    private static void digits(byte[] text, int last, int number) {
        for (int at = last, rest = number; rest > 0; at--, rest /= 10) {
            text[at] = (byte) ('0' + rest % 10);
        }
    }

    /** With any offset; empty when it is none, or lies outside the years 0 to 9999 in UTC, the only ones it can be written for. */
    public static Optional<Instant> read(String text) {
        Optional<Instant> time = plain(text);
        if (time.isPresent()) {
            return time;
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant()).filter(WireTime::canBeWritten);
        } catch (DateTimeException e) {
            return leapSecond(text).filter(WireTime::canBeWritten);
        }
    }

    private static boolean canBeWritten(Instant time) {
        return !time.isBefore(Command.FIRST_TIME) && !time.isAfter(Command.LAST_TIME);
    }

    /** The second after 23:59:59 UTC may be called 60 (RFC 3339 section 5.7); it is the same as the first one of the next day. */
    private static Optional<Instant> leapSecond(String text) {
        Matcher parts = LEAP_SECOND.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            Instant next = OffsetDateTime.parse(parts.group(1) + ":59" + parts.group(2))
                    .toInstant()
                    .plusSeconds(1);
            boolean startsADay = Math.floorMod(next.getEpochSecond(), SECONDS_PER_DAY) == 0;
            return startsADay ? Optional.of(next) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** In UTC, with or without a fraction: what this class and most producers write. Empty for every other form. */
    private static Optional<Instant> plain(String text) {
        if (text.length() <= WHOLE_SECONDS
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || text.charAt(10) != 'T'
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            return Optional.empty();
        }
        int offset = afterFraction(text);
        if (!text.startsWith("Z", offset) && !text.startsWith("+00:00", offset)
                || text.length() - offset != (text.charAt(offset) == 'Z' ? 1 : 6)) {
            return Optional.empty();
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, 10);
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, WHOLE_SECONDS);
        boolean isTime = year >= 0
                && month >= 1
                && month <= 12
                && day >= 1
                && hour >= 0
                && hour <= 23
                && minute >= 0
                && minute <= 59
                && second >= 0
                && second <= 59;
        if (!isTime || day > LocalDate.of(year, month, 1).lengthOfMonth()) {
            return Optional.empty();
        }
        long days = LocalDate.of(year, month, day).toEpochDay();
        return Optional.of(Instant.ofEpochSecond(
                days * SECONDS_PER_DAY + hour * 3600L + minute * 60L + second, nanos(text, offset)));
    }

    /** Where the offset begins if what stands before it is a fraction of one to nine digits, or none. */
    private static int afterFraction(String text) {
        if (text.charAt(WHOLE_SECONDS) != '.') {
            return WHOLE_SECONDS;
        }
        int end = WHOLE_SECONDS + 1;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        int digits = end - WHOLE_SECONDS - 1;
        return digits >= 1 && digits <= MOST_DIGITS && end < text.length() ? end : WHOLE_SECONDS;
    }

    private static int nanos(String text, int end) {
        int digits = end - WHOLE_SECONDS - 1;
        if (digits <= 0) {
            return 0;
        }
        int nanos = number(text, WHOLE_SECONDS + 1, end);
        for (int missing = MOST_DIGITS - digits; missing > 0; missing--) {
            nanos *= 10;
        }
        return nanos;
    }

    /** −1 when these are not all digits. */
    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
