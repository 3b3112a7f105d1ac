package io.preservarium.pusher.standalone;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An option for the JVM of one service, or of every one. */
record JavaOption(Optional<Service> service, String option) {

    /** From {@code coap-connector:-Xmx512m} or {@code -Xmx512m}. */
    static JavaOption of(String text) {
        Optional<Service> service = Arrays.stream(Service.values())
                .filter(each -> text.startsWith(each + ":"))
                .findFirst();
        String option = service.map(each -> text.substring(each.toString().length() + 1))
                .orElse(text);
        if (!option.startsWith("-")) {
            throw new IllegalArgumentException(
                    "a JVM option starts with a dash, with the name of a service and a colon before it or not, but was '"
                            + text + "'");
        }
        return new JavaOption(service, option);
    }

    /** picocli's way in. */
    static final class Converter implements ITypeConverter<JavaOption> {
        @Override
        public JavaOption convert(String text) {
            try {
                return of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Those that the service's JVM gets, in their order. */
    static List<String> of(Service service, List<JavaOption> all) {
        return all.stream()
                .filter(each -> each.service().isEmpty() || each.service().get() == service)
                .map(JavaOption::option)
                .toList();
    }
}
