package io.preservarium.pusher.parsers.context;

import java.util.regex.Pattern;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;

/**
 * {@code Buffer}, {@code atob} and {@code btoa} for JavaScript that names one of them: codecs for ChirpStack use them, TS013
 * has none.
 */
final class WebNames {

    private static final Pattern NAMES = Pattern.compile("\\b(?:Buffer|atob|btoa)\\b");

    private static final Source PROVIDE = ContextSource.read("js", "web.js");
    private static final Source BASE64 = library("base64-js");
    private static final Source IEEE754 = library("ieee754");
    private static final Source BUFFER = library("buffer");

    private WebNames() {}

    private static Source library(String name) {
        return ContextSource.read(
                "js", "npm/" + name + "/index.js", text -> "(function (module, exports, require) {" + text + "\n})");
    }

    static boolean areUsedIn(String source) {
        return NAMES.matcher(source).find();
    }

    static void provide(Context context) {
        context.eval(PROVIDE).execute(context.eval(BASE64), context.eval(IEEE754), context.eval(BUFFER));
    }
}
