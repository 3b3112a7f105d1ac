package io.preservarium.pusher.parsers.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The files of the Python runtime share one namespace. */
class RuntimeFilesTest {

    private static final Pattern DEFINED = Pattern.compile("^(?:def|class) (\\w+)|^(\\w+) = ", Pattern.MULTILINE);

    @Test
    void noFileReplacesAFunctionOfAnother() {
        Map<String, String> definedIn = new HashMap<>();
        for (String file :
                List.of("denied.py", "clock.py", "state.py", "runtime.py", "protobuf.py", "json_format.py")) {
            Matcher found = DEFINED.matcher(
                    ContextSource.read("python", file).getCharacters().toString());
            while (found.find()) {
                String name = found.group(1) == null ? found.group(2) : found.group(1);
                String before = definedIn.put(name, file);
                // Of these the later one is meant to be the one.
                if (!List.of("use_protos", "ModuleType").contains(name)) {
                    assertThat(before).as("%s of %s", name, file).isIn(null, file);
                }
            }
        }
        assertThat(definedIn).containsKeys("format_command", "use_protos", "set_clock");
    }
}
