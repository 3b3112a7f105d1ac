/**
 * Commands to devices that speak CoAP: in this version in the answer to the device's own confirmable uplink. An uplink's
 * way is {@code CoapUplinkResource} → {@code CoapDelivery} → {@code CoapAnswer}. Californium stays inside these
 * packages.
 */
@NullMarked
package io.preservarium.pusher.coap;

import org.jspecify.annotations.NullMarked;
