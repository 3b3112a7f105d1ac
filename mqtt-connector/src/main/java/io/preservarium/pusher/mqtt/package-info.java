/**
 * Commands to devices that speak MQTT: published when they are due and the broker's session is up. A command's way is
 * {@code MqttRoute} → {@code Turns} → {@code MqttDelivery} → {@code MqttConnections}. The MQTT client stays inside
 * these packages.
 */
@NullMarked
package io.preservarium.pusher.mqtt;

import org.jspecify.annotations.NullMarked;
