package io.preservarium.pusher.parsers.context;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.graalvm.polyglot.Value;

/**
 * The Python functions that make the dicts of a call from its values, one for each form of arguments that comes often.
 * Building them in a loop costs ten times as much, more than most scripts need for their own work.
 */
final class ArgumentBuilders {

    private static final int MAX_FORMS = 256;
    /** Compiling one costs as much as a hundred calls that do without. */
    private static final int OFTEN = 8;

    private static final int MAX_VALUES = 250;
    private static final int MAX_SHAPE = 2_000;

    private static final class Known {
        int seen;
        Optional<Value> builder = Optional.empty();
    }

    private final Value compile;
    private final Map<FlatValues.Form, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    /** @param compile the function {@code builder} of {@code runtime.py} */
    ArgumentBuilders(Value compile) {
        this.compile = compile;
    }

    Optional<Value> of(FlatValues arguments) {
        FlatValues.Form form = arguments.form();
        if (arguments.size() > MAX_VALUES || form.shape().length() > MAX_SHAPE) {
            return Optional.empty();
        }
        Known found = known.computeIfAbsent(form, none -> new Known());
        if (known.size() > MAX_FORMS) {
            known.remove(known.keySet().iterator().next());
        }
        if (found.builder.isEmpty() && ++found.seen >= OFTEN) {
            Object[] shapeAndKeys = new Object[1 + form.keys().size()];
            shapeAndKeys[0] = form.shape();
            for (int i = 0; i < form.keys().size(); i++) {
                shapeAndKeys[i + 1] = form.keys().get(i);
            }
            found.builder = Optional.of(compile.execute(shapeAndKeys));
        }
        return found.builder;
    }
}
