package io.preservarium.pusher.api.commands;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The shape of a request, for the interface description; {@code CommandJson} reads the bytes themselves. */
@Schema(
        name = "CommandRequest",
        description = "What a device is to be told; null means absent, unknown fields are refused",
        examples = """
                {"device_id":"282c02424eed","command_type":"config_update","payload":{"measurement_interval":600},\
                "protocol":"coap","parser_script_ref":"efento_bidirectional_parser.py"}""")
record CommandRequest(
        @Schema(
                description = "Identity together with device_id; made here unless given",
                pattern = "^[A-Za-z0-9._:-]{1,128}$")
        Optional<String> requestId,

        @Schema(description = "When it was asked for; the time of acceptance unless given")
        Optional<Instant> timestamp,

        @Schema(minLength = 1, maxLength = 256, required = true, description = "No control characters")
        String deviceId,

        @Schema(minLength = 1, maxLength = 128, required = true)
        String commandType,

        @Schema(required = true) Map<String, Object> payload,

        @Schema(
                required = true,
                enumeration = {"coap", "mqtt"})
        String protocol,

        @Schema(
                description = "The parser script that makes the bytes",
                pattern = "^[A-Za-z0-9_][A-Za-z0-9._-]{0,123}\\.(py|js)$")
        Optional<String> parserScriptRef,

        @Schema(description = "Refuse any other version of the script", pattern = "^[0-9a-f]{64}$")
        Optional<String> parserScriptSha256,

        @Schema(
                description =
                        "Protocol options. MQTT: topic, qos, retain, response_topic, content_type, user_properties. CoAP: mode, path, confirmable")
        Optional<Map<String, Object>> metadata,

        Optional<Instant> expiresAt,

        @Schema(description = "Earlier than expires_at") Optional<Instant> notBefore,

        @Schema(
                minLength = 1,
                maxLength = 128,
                description = "A newer command with the same device, protocol and key replaces this one")
        Optional<String> collapseKey,

        @Schema(
                description = "The state that finishes the command well",
                enumeration = {"sent", "delivered", "succeeded", "reply"},
                defaultValue = "sent")
        Optional<String> expect,

        @Schema(minimum = "1", maximum = "2592000") Optional<Integer> replyTimeoutSeconds,

        @Schema(minimum = "0", maximum = "2", description = "Same as metadata.qos")
        Optional<Integer> qos,

        @Schema(description = "Same as metadata.retain") Optional<Boolean> retain,

        @Schema(description = "Same as metadata.confirmable")
        Optional<Boolean> confirmable,

        @Schema(description = "Same as metadata.topic") Optional<String> topic) {}
