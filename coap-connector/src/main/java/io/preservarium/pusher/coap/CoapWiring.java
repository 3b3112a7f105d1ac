package io.preservarium.pusher.coap;

import io.preservarium.pusher.delivery.Route;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What delivery needs of the protocol before the protocol starts, as beans. */
final class CoapWiring {

    private CoapWiring() {}

    @Produces
    @Singleton
    static Route route() {
        return new CoapRoute();
    }
}
