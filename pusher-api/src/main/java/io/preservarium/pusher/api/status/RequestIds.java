package io.preservarium.pusher.api.status;

import com.github.f4b6a3.uuid.UuidCreator;
import io.preservarium.pusher.command.DeviceId;
import io.preservarium.pusher.command.RequestId;
import io.preservarium.pusher.journal.records.HomePartitions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Makes request ids: UUIDv7 (RFC 9562 section 5.7) whose last 32 bits are the hash of the device, so that the id alone
 * tells where to look first, and UUIDv5 (section 5.5) for a caller's idempotency key.
 */
public final class RequestIds {

    /** The caller while nobody has to prove who they are. */
    public static final String ANONYMOUS = "anonymous";

    /** UUIDv5 in the URL name space; fixed for ever, or a repeated key would make a second command. */
    private static final String CALLERS = "https://preservarium.io/pusher/callers/";

    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public RequestIds(Clock clock) {
        this.clock = clock;
    }

    public RequestId forDevice(DeviceId device) {
        return make(HomePartitions.hash(device));
    }

    /** An id for a command whose device is not known yet. */
    public RequestId provisional() {
        return make(random.nextInt());
    }

    private RequestId make(int lastBits) {
        long bits = random.nextLong();
        long high = (clock.millis() << 16) | 0x7000L | (bits & 0xFFFL);
        long low = 0x8000_0000_0000_0000L | ((bits >>> 12) & 0x3FFF_FFFFL) << 32 | Integer.toUnsignedLong(lastBits);
        return new RequestId(new UUID(high, low).toString());
    }

    /** The same caller and key give the same id, always. */
    public static RequestId forKey(String caller, String key) {
        UUID namespace = UuidCreator.getNameBasedSha1(
                com.github.f4b6a3.uuid.enums.UuidNamespace.NAMESPACE_URL.getValue(), CALLERS + caller);
        return new RequestId(UuidCreator.getNameBasedSha1(namespace, key).toString());
    }

    /** The device hash in a UUIDv7. Only a hint: a caller may have made the id, and then these bits mean nothing. */
    public static OptionalInt deviceHash(RequestId id) {
        if (!UUID_TEXT.matcher(id.value()).matches()) {
            return OptionalInt.empty();
        }
        UUID uuid = UUID.fromString(id.value());
        return uuid.version() == 7 && uuid.variant() == 2
                ? OptionalInt.of((int) uuid.getLeastSignificantBits())
                : OptionalInt.empty();
    }
}
