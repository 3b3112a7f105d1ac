package io.preservarium.pusher.coap.endpoint;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.CoAPMessageFormatException;
import org.eclipse.californium.core.coap.CoAPOptionException;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.MessageFormatException;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionNumberRegistry;
import org.eclipse.californium.core.coap.OptionNumberRegistry.OptionFormat;
import org.eclipse.californium.core.coap.option.OpaqueOptionDefinition;
import org.eclipse.californium.core.coap.option.OptionDefinition;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.network.serialization.MessageHeader;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.elements.util.DatagramReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads datagrams and refuses what this server does not implement, before anything of it has an effect: a confirmable
 * request gets the code, any other message is dropped in silence. RFC 7252 sections 4.2, 4.3 and 5.4.
 */
public final class CoapDatagramParser extends UdpDataParser {

    private static final int HIGHEST_METHOD = Code.IPATCH.value;

    private final Map<Integer, OptionDefinition> declared;

    /** @param declared critical options that are not registered but allowed; their values are opaque and may be repeated */
    public CoapDatagramParser(List<Integer> declared) {
        super(false, StandardOptionRegistry.STANDARD_OPTIONS);
        this.declared = declared.stream()
                .distinct()
                .collect(Collectors.toUnmodifiableMap(Function.identity(), CoapDatagramParser::opaque));
    }

    private static OptionDefinition opaque(int number) {
        OptionDefinition registered = StandardOptionRegistry.STANDARD_OPTIONS.getDefinitionByNumber(number);
        if (registered != null) {
            throw new IllegalArgumentException(
                    "pusher.coap.critical-custom-options must not name registered options but" + " names " + number
                            + ", " + registered.getName());
        }
        return new OpaqueOptionDefinition(number, "Declared_" + number, false);
    }

    @Override
    protected MessageHeader parseHeader(DatagramReader reader) {
        MessageHeader header = super.parseHeader(reader);
        if (CoAP.isRequest(header.getCode()) && header.getCode() > HIGHEST_METHOD) {
            // RFC 7252 section 5.8: "A request with an unrecognized or unsupported Method Code".
            throw new CoAPMessageFormatException(
                    "the method is not known",
                    header.getToken(),
                    header.getMID(),
                    header.getCode(),
                    header.getType() == Type.CON,
                    ResponseCode.METHOD_NOT_ALLOWED);
        }
        return header;
    }

    @Override
    public void parseOptionsAndPayload(DatagramReader reader, Message message) {
        try {
            new Options(declared).parseOptionsAndPayload(reader, message);
        } catch (MessageFormatException refused) {
            throw refused;
        } catch (RuntimeException notForeseen) {
            // Such as the payload of a block that is longer than the size it names: nothing a sender does is an error
            // here.
            throw refusal(message, "the message contradicts itself", ResponseCode.BAD_REQUEST);
        }
        BlockOption block = message.getOptions().getBlock1();
        if (block != null && block.isM() && message.getPayloadSize() < block.getSize()) {
            throw refusal(message, "the block is shorter than its size", ResponseCode.REQUEST_ENTITY_INCOMPLETE);
        }
    }

    private static CoAPMessageFormatException refusal(Message message, String why, ResponseCode code) {
        return new CoAPMessageFormatException(
                why, message.getToken(), message.getMID(), message.getRawCode(), message.isConfirmable(), code);
    }

    /** The options of one message, which come in the order of their numbers. */
    private static final class Options extends UdpDataParser {

        private static final int Q_BLOCK_1 = 19;
        private static final int Q_BLOCK_2 = 31;

        private final Map<Integer, OptionDefinition> declared;
        private int last = -1;

        Options(Map<Integer, OptionDefinition> declared) {
            super(false, StandardOptionRegistry.STANDARD_OPTIONS);
            this.declared = declared;
        }

        /** Null where an elective option is passed over, as Californium wants it. */
        @Override
        public @Nullable Option createOption(int code, int number, byte[] value) {
            boolean again = number == last;
            last = number;
            OptionDefinition definition = optionRegistry.getDefinitionByNumber(code, number);
            if (definition == null) {
                OptionDefinition custom = declared.get(number);
                return custom == null ? unsupported(number, "is not supported") : custom.create(value);
            }
            if (again && definition.isSingleValue()) {
                return unsupported(number, "must not be repeated");
            }
            if (CoAP.isRequest(code)) {
                refuse(number);
            }
            if (definition.getFormat() == OptionFormat.STRING && !isUtf8(value)) {
                return notText(number);
            }
            try {
                return definition.create(value);
            } catch (IllegalArgumentException outOfRange) {
                return unsupported(number, "must not have " + value.length + " bytes");
            }
        }

        /** Critical options that mean something which this server does not do. */
        private static void refuse(int number) {
            switch (number) {
                // An OSCORE payload is ciphertext (RFC 8613); a Q-Block is no message of its own (RFC 9177).
                case OptionNumberRegistry.OSCORE, Q_BLOCK_1, Q_BLOCK_2 ->
                    throw refusal(number, "is not supported", ResponseCode.BAD_OPTION);
                // RFC 7252 section 5.10.2.
                case OptionNumberRegistry.PROXY_URI, OptionNumberRegistry.PROXY_SCHEME ->
                    throw refusal(number, "asks for a proxy", ResponseCode.PROXY_NOT_SUPPORTED);
                default -> {
                    // Every other registered option is read by Californium or by the resources.
                }
            }
        }

        /** RFC 7252 sections 5.4.1, 5.4.3 and 5.4.5: critical ones are refused, elective ones passed over. */
        private static @Nullable Option unsupported(int number, String why) {
            if (OptionNumberRegistry.isCritical(number)) {
                throw refusal(number, why, ResponseCode.BAD_OPTION);
            }
            return null;
        }

        /** A name that is no text is nobody's. */
        private static @Nullable Option notText(int number) {
            return switch (number) {
                case OptionNumberRegistry.URI_PATH -> throw refusal(number, "is not UTF-8", ResponseCode.NOT_FOUND);
                case OptionNumberRegistry.URI_QUERY, OptionNumberRegistry.URI_HOST ->
                    throw refusal(number, "is not UTF-8", ResponseCode.BAD_REQUEST);
                default -> unsupported(number, "is not UTF-8");
            };
        }

        private static CoAPOptionException refusal(int number, String why, ResponseCode code) {
            return new CoAPOptionException("option " + number + " " + why, code);
        }

        private static boolean isUtf8(byte[] value) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
                return true;
            } catch (CharacterCodingException e) {
                return false;
            }
        }
    }
}
