package io.preservarium.pusher.command;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * The one form of each number in a command, an event or an output: Integer, Long or BigInteger for what is written
 * without point and exponent, BigDecimal for the rest, and Double for −0.0 alone. A number outside the limits has none.
 */
public final class PlainNumber {

    public static final int MAX_DIGITS = 100;

    private static final Double NEGATIVE_ZERO = -0.0;
    /** 10^100 has 333 bits, so that longer integers need not be counted in digits. */
    private static final int MAX_BITS = 333;
    /** Decimal exponents well inside those of a double. */
    private static final int SURELY_HELD = 300;

    private PlainNumber() {}

    public static Number of(long number) {
        if (number == (int) number) {
            return (int) number;
        }
        return number;
    }

    /** Empty beyond {@value #MAX_DIGITS} digits. */
    public static Optional<Number> of(BigInteger number) {
        if (number.bitLength() <= 63) {
            return Optional.of(of(number.longValue()));
        }
        boolean fits = number.bitLength() <= MAX_BITS && number.abs().toString().length() <= MAX_DIGITS;
        return fits ? Optional.of(number) : Optional.empty();
    }

    /** Empty beyond {@value #MAX_DIGITS} digits, and for what a double holds only as 0 or infinity. */
    public static Optional<Number> of(BigDecimal number) {
        // Without a digit after the point it would be written, and read back, as an integer.
        BigDecimal decimal = number.scale() == 0 ? number.setScale(1) : number;
        if (decimal.precision() > MAX_DIGITS) {
            return Optional.empty();
        }
        int exponent = decimal.precision() - decimal.scale();
        if (Math.abs(exponent) < SURELY_HELD) {
            return Optional.of(decimal);
        }
        double nearest = decimal.doubleValue();
        boolean held = !Double.isInfinite(nearest) && (nearest != 0 || decimal.signum() == 0);
        return held ? Optional.of(decimal) : Optional.empty();
    }

    /** Empty for NaN and infinity. */
    public static Optional<Number> of(double number) {
        if (!Double.isFinite(number)) {
            return Optional.empty();
        }
        return NEGATIVE_ZERO.equals(number) ? Optional.of(NEGATIVE_ZERO) : of(new BigDecimal(Double.toString(number)));
    }

    /** The sign of zero is the one thing a BigDecimal cannot hold. */
    public static Number negativeZero() {
        return NEGATIVE_ZERO;
    }

    public static boolean isNegativeZero(Object value) {
        return NEGATIVE_ZERO.equals(value);
    }
}
