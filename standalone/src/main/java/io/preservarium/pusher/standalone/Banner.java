package io.preservarium.pusher.standalone;

import java.io.PrintWriter;
import java.time.Clock;
import java.util.Locale;

/** What a user sees when everything is ready: where it is, and three lines to paste that take one command all the way. */
record Banner(Ports ports, DataFolder data, Clock clock) {

    private static final String DEVICE = "282c02424eed"; // the sensor of the capture in the shipped examples

    void print(PrintWriter out, double seconds) {
        String rest = "http://" + ports.reachable() + ":" + ports.rest();
        String requestId = "demo-" + clock.instant().getEpochSecond();
        String offset = ports.offset() == 0 ? "" : " --port-offset " + ports.offset();
        String host = ports.reachable().equals(Ports.LOOPBACK) ? "" : " --host " + ports.reachable();
        String command = "{\"request_id\":\"" + requestId + "\",\"device_id\":\"" + DEVICE
                + "\",\"command_type\":\"config_update\","
                + "\"payload\":{\"measurement_interval\":600,\"request_device_info\":true},"
                + "\"protocol\":\"coap\",\"parser_script_ref\":\"efento_bidirectional_parser.py\"}";
        out.print(String.format(
                Locale.ROOT,
                """

                ready in %.1f s

                  REST        %s/api/v1/commands
                  Swagger UI  %s/q/swagger-ui
                  CoAP        coap://%s:%d
                  MQTT        mqtt://%s:%d
                  Kafka       %s:%d
                  logs        %s
                  data        %s

                A command, the sensor that fetches it, and what became of it (in another terminal):

                curl -s -X POST %s/api/v1/commands -H 'Content-Type: application/json' -d '%s'
                ./dev device efento %s%s%s
                curl -s '%s/api/v1/commands/%s/status?device_id=%s'

                Ctrl-C stops everything; what was accepted is kept for the next start.
                """,
                seconds,
                rest,
                rest,
                ports.reachable(),
                ports.coap(),
                ports.reachable(),
                ports.mqtt(),
                ports.reachable(),
                ports.kafka(),
                data.path().resolve("logs"),
                data.path(),
                rest,
                command,
                DEVICE,
                host,
                offset,
                rest,
                requestId,
                DEVICE));
        out.flush();
    }
}
