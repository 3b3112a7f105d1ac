package io.preservarium.pusher.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class JavaOptionTest {

    @Test
    void optionWithAServiceIsForThatServiceOnly() {
        List<JavaOption> options =
                List.of(JavaOption.of("-Xlog:gc"), JavaOption.of("coap-connector:-Xmx512m"), JavaOption.of("-Da=b:c"));
        assertThat(JavaOption.of(Service.COAP_CONNECTOR, options)).containsExactly("-Xlog:gc", "-Xmx512m", "-Da=b:c");
        assertThat(JavaOption.of(Service.PUSHER_API, options)).containsExactly("-Xlog:gc", "-Da=b:c");
    }

    @Test
    void whatIsNoOptionIsRefusedWithAMessageThatNamesIt() {
        assertThatThrownBy(() -> new JavaOption.Converter().convert("coap:-Xmx512m"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("coap:-Xmx512m");
    }
}
