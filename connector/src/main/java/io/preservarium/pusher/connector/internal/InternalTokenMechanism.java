package io.preservarium.pusher.connector.internal;

import io.preservarium.pusher.command.wire.InternalToken;
import io.preservarium.pusher.connector.ConnectorConfig;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;

/**
 * Knows the services of this installation by INTERNAL_TOKEN, a bearer token (RFC 6750). Whoever shows none, or another,
 * is nobody; what only a service may ask says {@code @Authenticated}.
 */
@Singleton
public class InternalTokenMechanism implements HttpAuthenticationMechanism {

    private static final SecurityIdentity SERVICE = QuarkusSecurityIdentity.builder()
            .setPrincipal(new QuarkusPrincipal("a service of this installation"))
            .build();

    private final Optional<InternalToken> token;

    public InternalTokenMechanism(ConnectorConfig config) {
        this.token = InternalToken.of(config.internalToken());
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager providers) {
        String shown = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        return Uni.createFrom()
                .optional(token.filter(known -> known.isShownBy(shown)).map(known -> SERVICE));
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"));
    }

    /** None: the token is compared here. */
    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of();
    }

    @Override
    public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext context) {
        return Uni.createFrom().item(new HttpCredentialTransport(HttpCredentialTransport.Type.AUTHORIZATION, "Bearer"));
    }
}
