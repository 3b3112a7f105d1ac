package io.preservarium.pusher.standalone;

import io.preservarium.pusher.standalone.EfentoMessages.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.exception.ConnectorException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** An Efento NB-IoT sensor on the real protocol: it sends measurements, and takes its commands from the answers. */
@Command(
        name = "efento",
        description = {
            "An Efento sensor: sends measurements to the CoAP connector and takes a command from the answer.",
            "A changed setting is reported to /c and device info to /i, as a true sensor does; its settings are kept."
        })
final class SimulatedEfento implements Callable<Integer> {

    /** A true sensor keeps what a server could not take, and sends it again. */
    private static final int REPEATS = 4;

    private static final Duration BEFORE_REPEAT = Duration.ofSeconds(3);

    private final Clock clock;
    private final StopSignal stop;
    private final EfentoMessages messages = new EfentoMessages();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(paramLabel = "SERIAL", description = "12 hexadecimal digits, such as 282c02424eed.")
    private String serial = "";

    @Option(names = "--root", paramLabel = "DIR", hidden = true)
    private Path root = Path.of(".");

    @Option(names = "--host", paramLabel = "HOST", description = "The CoAP connector (127.0.0.1).")
    private String host = Ports.LOOPBACK;

    @Option(names = "--port-offset", paramLabel = "N", description = "As given to ./dev up (0).")
    private int portOffset;

    @Option(names = "--path", paramLabel = "PATH", description = "Where measurements go (m, or what it was set to).")
    private Optional<String> path = Optional.empty();

    @Option(names = "--non", description = "Non-confirmable: nothing is answered and no command is taken.")
    private boolean nonConfirmable;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = ShortDuration.class,
            description = "Send again after this time (30s, 5m), until Ctrl-C or --count.")
    private Optional<Duration> every = Optional.empty();

    @Option(names = "--count", paramLabel = "N", description = "Send measurements N times (once).")
    private Optional<Integer> count = Optional.empty();

    @Option(
            names = "--only-measurements",
            description = "Do not report a changed configuration and device info by themselves.")
    private boolean onlyMeasurements;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = ShortDuration.class,
            description = "Wait this long for an answer (20s).")
    private Duration timeout = Duration.ofSeconds(20);

    SimulatedEfento(Clock clock, StopSignal stop) {
        this.clock = clock;
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, CannotGoOn {
        EfentoSensor.Serial number = serialNumber();
        Path memory = root.resolve(".dev/devices/efento-" + number.hex());
        EfentoSensor sensor = remembered(number, memory);
        int times = count.orElse(every.isPresent() ? Integer.MAX_VALUE : 1);
        boolean taken = true;
        CoapEndpoint endpoint = endpoint();
        endpoint.start();
        try {
            for (int i = 0; i < times; i++) {
                if (i > 0 && stop.await(every.orElse(Duration.ofSeconds(1)))) {
                    break;
                }
                taken = talk(sensor, memory, endpoint);
            }
        } finally {
            endpoint.destroy();
        }
        return taken ? 0 : 1;
    }

    private EfentoSensor.Serial serialNumber() {
        try {
            return new EfentoSensor.Serial(serial);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private EfentoSensor remembered(EfentoSensor.Serial number, Path memory) throws IOException {
        if (!Files.exists(memory)) {
            return new EfentoSensor(number);
        }
        return messages.decode(Kind.CONFIGURATION, Files.readAllBytes(memory))
                .map(settings -> new EfentoSensor(number, settings))
                .orElseGet(() -> new EfentoSensor(number));
    }

    private static CoapEndpoint endpoint() {
        CoapConfig.register();
        // Not from a file: Californium would leave one in the current folder.
        Configuration configuration = Configuration.createStandardWithoutFile();
        return CoapEndpoint.builder().setConfiguration(configuration).build();
    }

    /** Sends measurements and what follows from the answers; true when the server took everything. */
    private boolean talk(EfentoSensor sensor, Path memory, CoapEndpoint endpoint)
            throws IOException, InterruptedException, CannotGoOn {
        boolean taken = true;
        Deque<Kind> toSend = new ArrayDeque<>();
        toSend.add(Kind.MEASUREMENTS);
        int repeats = 0;
        while (!toSend.isEmpty() && !stop.isAsked()) {
            Kind kind = toSend.remove();
            Map<String, Object> message = sensor.message(kind, clock.instant());
            Request request = request(sensor, kind, messages.encode(kind, message));
            print("→ " + request.getType() + " POST " + uri(kind, sensor), request.getPayload());
            messages.describe(kind, message).forEach(this::print);
            if (nonConfirmable) {
                sendOnly(request, endpoint);
                out().println("  non-confirmable: no answer is expected, and no command is taken");
                out().flush();
                continue;
            }
            CoapResponse answer = exchange(request, endpoint);
            print("← " + answer.getCode() + " " + answer.getCode().name(), answer.getPayload());
            if (answer.getCode().isServerError() && repeats < REPEATS) {
                repeats++;
                print("the server cannot take it yet; kept, and sent again in " + BEFORE_REPEAT.toSeconds() + " s");
                toSend.addFirst(kind);
                if (stop.await(BEFORE_REPEAT)) {
                    taken = false;
                }
                continue;
            }
            taken &= answer.isSuccess();
            Optional<Map<String, Object>> configuration = configuration(answer);
            if (configuration.isPresent()) {
                for (Kind next : sensor.take(configuration.get(), clock.instant())) {
                    if (!onlyMeasurements && !toSend.contains(next)) {
                        toSend.add(next);
                    }
                }
                Files.createDirectories(memory.toAbsolutePath().getParent());
                Files.write(memory, messages.encode(Kind.CONFIGURATION, sensor.settings()));
            }
        }
        return taken;
    }

    private String uri(Kind kind, EfentoSensor sensor) {
        String where = kind == Kind.MEASUREMENTS ? path.orElse(sensor.path(kind)) : sensor.path(kind);
        return "coap://" + host + ":" + ports().coap() + "/" + where;
    }

    private Request request(EfentoSensor sensor, Kind kind, byte[] body) {
        Request request = nonConfirmable
                ? new Request(CoAP.Code.POST, CoAP.Type.NON)
                : new Request(CoAP.Code.POST, CoAP.Type.CON);
        request.setURI(uri(kind, sensor));
        request.setPayload(body);
        return request;
    }

    private Ports ports() {
        try {
            return new Ports(Ports.LOOPBACK, portOffset);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static void sendOnly(Request request, CoapEndpoint endpoint) throws InterruptedException, CannotGoOn {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        request.addMessageObserver(new MessageObserverAdapter() {
            @Override
            public void onSent(boolean retransmission) {
                sent.complete(null);
            }

            @Override
            public void onSendError(Throwable error) {
                sent.completeExceptionally(error);
            }
        });
        endpoint.sendRequest(request);
        try {
            sent.get(5, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new CannotGoOn("could not send to " + request.getURI() + ": " + e.getMessage(), e);
        }
    }

    private CoapResponse exchange(Request request, CoapEndpoint endpoint) throws IOException, CannotGoOn {
        CoapClient client = new CoapClient();
        client.setEndpoint(endpoint);
        client.setTimeout(timeout.toMillis());
        try {
            return Optional.ofNullable(client.advanced(request))
                    .orElseThrow(() -> new CannotGoOn("no answer from " + host + ":" + ports().coap() + "/udp in "
                            + timeout.toSeconds() + " s. Is ./dev up running and ready? Does it use another"
                            + " --port-offset or --listen address? The connector's log is"
                            + " .dev/data/logs/coap-connector.log"));
        } catch (ConnectorException e) {
            throw new CannotGoOn("could not send to " + request.getURI() + ": " + e.getMessage(), e);
        }
    }

    private Optional<Map<String, Object>> configuration(CoapResponse answer) {
        if (!answer.isSuccess()) {
            out().println("  not taken" + (answer.getPayload().length == 0 ? "" : ": " + answer.getResponseText()));
            out().flush();
            return Optional.empty();
        }
        if (answer.getPayload().length == 0) {
            out().println("  no command");
            out().flush();
            return Optional.empty();
        }
        Optional<Map<String, Object>> configuration = messages.decode(Kind.CONFIGURATION, answer.getPayload());
        configuration.ifPresentOrElse(
                message -> messages.describe(Kind.CONFIGURATION, message).forEach(this::print),
                () -> print("this is no ProtoConfig; a sensor would ignore it"));
        return configuration;
    }

    private void print(String line, byte[] bytes) {
        out().println(line + ", " + bytes.length + " bytes");
        if (bytes.length > 0) {
            print(HexFormat.of().formatHex(bytes));
        }
    }

    private void print(String line) {
        out().println("  " + line);
        out().flush();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
