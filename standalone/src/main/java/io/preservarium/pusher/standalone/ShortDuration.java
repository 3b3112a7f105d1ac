package io.preservarium.pusher.standalone;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 30s}, {@code 5m}, {@code 1h30m}: an ISO 8601 duration below a day without its letters in front. */
final class ShortDuration implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
        try {
            Duration duration = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
            if (duration.isNegative() || duration.isZero()) {
                throw new TypeConversionException("a time must be longer than nothing but was '" + text + "'");
            }
            return duration;
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("a time is written as 30s, 5m or 1h but was '" + text + "'");
        }
    }
}
