package io.preservarium.pusher.operator;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.preservarium.pusher.operator.crd.v1alpha1.DeviceCommand;

/** DeviceCommands as people write them. */
public final class Resources {

    public static final KubernetesSerialization YAML = new KubernetesSerialization();

    private Resources() {}

    /** Created at 2026-11-21T10:00:00Z; {@code command} are further lines of spec.command. */
    public static DeviceCommand deviceCommand(String command) {
        return YAML.unmarshal("""
                apiVersion: pusher.preservarium.io/v1alpha1
                kind: DeviceCommand
                metadata:
                  namespace: garden
                  name: one
                  uid: 0d8e6a51-4a3c-4b53-9a5f-6d1f5e2b8c11
                  generation: 1
                  creationTimestamp: "2026-11-21T10:00:00Z"
                spec:
                  command:
                    deviceId: lamp-17
                    commandType: set_led
                    protocol: mqtt
                """ + command.indent(4), DeviceCommand.class);
    }
}
