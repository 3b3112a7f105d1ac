package io.preservarium.pusher.api.parsers;

import io.preservarium.pusher.api.http.Problems;
import io.preservarium.pusher.api.settings.ApiConfig;
import io.preservarium.pusher.calls.ParserCalls;
import io.preservarium.pusher.calls.messages.Problem;
import io.preservarium.pusher.command.wire.InternalToken;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Optional;
import java.util.regex.Pattern;

/** In whose name a script is changed: the callers of REST are one owner, each ConfigMap is one of its own. */
@Singleton
final class ParserOwner {

    static final String HEADER = ParserCalls.OWNER;

    private static final Pattern CONFIG_MAP = Pattern.compile("configmap:[a-z0-9-]{1,63}/[a-z0-9.-]{1,253}");

    /** Who it is. */
    sealed interface Claim {
        record Of(String owner) implements Claim {}

        record Refused(Problem problem) implements Claim {}
    }

    private final Optional<InternalToken> token;

    ParserOwner(ApiConfig config) {
        this.token = InternalToken.of(config.internalToken());
    }

    /** Only who shows the INTERNAL_TOKEN, as the operator does, may speak for a ConfigMap. */
    Claim of(HttpHeaders headers) {
        String owner = headers.getHeaderString(HEADER);
        if (owner == null) {
            return new Claim.Of(ParserChanges.REST);
        }
        String authorization = headers.getHeaderString(HttpHeaders.AUTHORIZATION);
        if (token.filter(own -> own.isShownBy(authorization)).isEmpty()) {
            return new Claim.Refused(Problems.notTheOperator(HEADER));
        }
        return CONFIG_MAP.matcher(owner).matches()
                ? new Claim.Of(owner)
                : new Claim.Refused(Problems.invalid(HEADER, "must be configmap:<namespace>/<name>"));
    }
}
