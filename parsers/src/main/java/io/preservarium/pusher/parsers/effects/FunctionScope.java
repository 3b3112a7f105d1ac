package io.preservarium.pusher.parsers.effects;

import com.oracle.graal.python.pegparser.sst.ArgTy;
import com.oracle.graal.python.pegparser.sst.ArgumentsTy;
import com.oracle.graal.python.pegparser.sst.ComprehensionTy;
import com.oracle.graal.python.pegparser.sst.ConstantValue;
import com.oracle.graal.python.pegparser.sst.ExceptHandlerTy;
import com.oracle.graal.python.pegparser.sst.ExprTy;
import com.oracle.graal.python.pegparser.sst.PatternTy;
import com.oracle.graal.python.pegparser.sst.SSTNode;
import com.oracle.graal.python.pegparser.sst.StmtTy;
import com.oracle.graal.python.pegparser.sst.WithItemTy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A function: its variables with all that each is set to, its parameters, and what it returns. */
final class FunctionScope {

    /** Where a variable's object comes from. */
    sealed interface Origin {
        record Value(ExprTy value) implements Origin {}

        /** One of the items of what the expression gives. */
        record ItemOf(ExprTy whole) implements Origin {}

        record Parameter(int index) implements Origin {}

        record Function() implements Origin {}

        record Unknown() implements Origin {}
    }

    private static final Origin UNKNOWN = new Origin.Unknown();
    private static final Origin FUNCTION = new Origin.Function();

    private final String name;
    private final Optional<FunctionScope> outer;
    /** The first parameter, if the function is called on an object that it is given there. */
    private final Optional<String> self;

    private final boolean isInClass;
    private final boolean isGivenItsOwner;
    private final boolean isDecorated;
    private final Map<String, List<Origin>> origins = new HashMap<>();
    /** What is put into a variable's dict under a key that is written down, by variable and key. */
    private final Map<String, Map<String, List<ExprTy>>> items = new HashMap<>();
    /** Variables whose objects are given to calls or get other names, so that others may put something there. */
    private final Set<String> given = new HashSet<>();

    private final List<String> parameters = new ArrayList<>();
    private final Set<Integer> changingDefaults = new HashSet<>();
    private final List<ExprTy> returned = new ArrayList<>();
    private boolean yields;

    FunctionScope(
            String name,
            Optional<FunctionScope> outer,
            ArgumentsTy arguments,
            boolean isInClass,
            boolean isOfObjects,
            boolean isOfClass,
            boolean isDecorated) {
        this.name = name;
        this.outer = outer;
        this.isInClass = isInClass;
        this.isDecorated = isDecorated;
        int positional = 0;
        for (ArgTy[] some : new ArgTy[][] {arguments.posOnlyArgs, arguments.args}) {
            positional += parameters(some);
        }
        int keywordOnly = parameters(arguments.kwOnlyArgs);
        this.self = isOfObjects && positional > 0 ? Optional.of(parameters.getFirst()) : Optional.empty();
        this.isGivenItsOwner = (isOfObjects || isOfClass) && positional > 0;
        noteDefaults(arguments.defaults, positional);
        noteDefaults(arguments.kwDefaults, positional + keywordOnly);
        for (ArgTy rest : new ArgTy[] {arguments.varArg, arguments.kwArg}) {
            if (rest != null) {
                bind(rest.arg, UNKNOWN);
            }
        }
    }

    /** A comprehension, which has variables of its own. */
    FunctionScope(FunctionScope outer) {
        this.name = "<comprehension>";
        this.outer = Optional.of(outer);
        this.self = Optional.empty();
        this.isInClass = false;
        this.isGivenItsOwner = false;
        this.isDecorated = false;
    }

    private int parameters(ArgTy @Nullable [] some) {
        if (some == null) {
            return 0;
        }
        for (ArgTy parameter : some) {
            bind(parameter.arg, new Origin.Parameter(parameters.size()));
            parameters.add(parameter.arg);
        }
        return some.length;
    }

    private void noteDefaults(@Nullable ExprTy @Nullable [] defaults, int end) {
        if (defaults != null) {
            for (int i = 0; i < defaults.length; i++) {
                if (defaults[i] != null && !(defaults[i] instanceof ExprTy.Constant)) {
                    changingDefaults.add(end - defaults.length + i);
                }
            }
        }
    }

    String name() {
        return name;
    }

    Optional<FunctionScope> outer() {
        return outer;
    }

    boolean isInClass() {
        return isInClass;
    }

    boolean isSelf(String variable) {
        return self.filter(variable::equals).isPresent();
    }

    /** Whether its first parameter is what it is called on, an object or a class. */
    boolean isGivenItsOwner() {
        return isGivenItsOwner;
    }

    boolean isOfObjects() {
        return self.isPresent();
    }

    /** Whether what is called by its name is another function, which may call it as it likes. */
    boolean isDecorated() {
        return isDecorated;
    }

    /** Whether it makes the object that it is called on. */
    boolean isConstructor() {
        return name.equals("__init__") || name.equals("__post_init__");
    }

    List<String> parameters() {
        return parameters;
    }

    /** Whether the parameter may be an object that was made with the function. */
    boolean hasLastingDefault(int parameter) {
        return changingDefaults.contains(parameter);
    }

    /** Whether the variable is a function that is defined there, and never anything else. */
    boolean isFunction(String variable) {
        return origins.getOrDefault(variable, List.of(UNKNOWN)).stream().allMatch(FUNCTION::equals);
    }

    Map<String, List<Origin>> origins() {
        return origins;
    }

    List<ExprTy> returned() {
        return returned;
    }

    boolean yields() {
        return yields;
    }

    /** Notes what this node, which is in the function, sets or returns. */
    void note(SSTNode node) {
        switch (node) {
            case StmtTy.Assign assign -> {
                for (ExprTy target : assign.targets) {
                    bind(target, new Origin.Value(assign.value));
                    noteItem(target, assign.value);
                }
            }
            case StmtTy.AnnAssign assign
            when assign.value != null -> bind(assign.target, new Origin.Value(assign.value));
            case ExprTy.Call call -> {
                if (call.func instanceof ExprTy.Attribute method
                        && SharedNames.isChangingMethod(method.attr)
                        && !hasOnlyConstants(call)) {
                    give(method.value);
                }
                for (ExprTy argument : call.args == null ? new ExprTy[0] : call.args) {
                    give(argument);
                }
            }
            case ExprTy.NamedExpr named -> bind(named.target, new Origin.Value(named.value));
            case StmtTy.For loop -> bind(loop.target, new Origin.ItemOf(loop.iter));
            case StmtTy.AsyncFor loop -> bind(loop.target, UNKNOWN);
            case ComprehensionTy comprehension -> bind(comprehension.target, new Origin.ItemOf(comprehension.iter));
            case WithItemTy item -> bind(item.optionalVars, UNKNOWN);
            case StmtTy.Global global -> bindAll(global.names);
            case StmtTy.Nonlocal nonlocal -> {
                // Whosever it is: anything may be in it.
                Optional<FunctionScope> at = Optional.of(this);
                while (at.isPresent()) {
                    at.get().bindAll(nonlocal.names);
                    at = at.get().outer;
                }
            }
            case StmtTy.FunctionDef function -> bind(function.name, FUNCTION);
            case StmtTy.AsyncFunctionDef function -> bind(function.name, FUNCTION);
            case StmtTy.ClassDef type -> bind(type.name, UNKNOWN);
            case ExceptHandlerTy.ExceptHandler handler -> bind(handler.name, UNKNOWN);
            case PatternTy.MatchAs match -> bind(match.name, UNKNOWN);
            case PatternTy.MatchStar match -> bind(match.name, UNKNOWN);
            case PatternTy.MatchMapping match -> bind(match.rest, UNKNOWN);
            case StmtTy.Return result when result.value != null -> returned.add(result.value);
            case ExprTy.Yield yielded -> yields = true;
            case ExprTy.YieldFrom yielded -> yields = true;
            default -> {
                // Sets nothing.
            }
        }
    }

    private static boolean hasOnlyConstants(ExprTy.Call call) {
        return (call.args == null || Stream.of(call.args).allMatch(ExprTy.Constant.class::isInstance))
                && (call.keywords == null
                        || Stream.of(call.keywords).allMatch(keyword -> keyword.value instanceof ExprTy.Constant));
    }

    private void give(ExprTy expression) {
        if (expression instanceof ExprTy.Name variable) {
            given.add(variable.id);
        }
    }

    private void noteItem(ExprTy target, ExprTy value) {
        give(value);
        if (target instanceof ExprTy.Name variable && value instanceof ExprTy.Dict dict && dict.keys != null) {
            for (int i = 0; i < dict.keys.length; i++) {
                noteItem(variable.id, text(dict.keys[i]), dict.values[i]);
            }
        } else if (target instanceof ExprTy.Subscript subscript && subscript.value instanceof ExprTy.Name variable) {
            noteItem(variable.id, text(subscript.slice), value);
        }
    }

    /** @param written empty where it may be any key, or all of another dict */
    private void noteItem(String variable, Optional<String> written, ExprTy value) {
        if (written.isEmpty()) {
            given.add(variable);
        }
        written.ifPresent(key -> items.computeIfAbsent(variable, none -> new HashMap<>())
                .computeIfAbsent(key, none -> new ArrayList<>())
                .add(value));
    }

    private static Optional<String> text(@Nullable ExprTy expression) {
        return expression instanceof ExprTy.Constant constant && constant.value.kind == ConstantValue.Kind.CODEPOINTS
                ? Optional.of(constant.value.getCodePoints().toJavaString())
                : Optional.empty();
    }

    /** All that may be under that key of a dict that the function makes and gives to nobody; empty if that is not known. */
    List<ExprTy> items(ExprTy.Subscript item) {
        if (!(item.value instanceof ExprTy.Name variable) || given.contains(variable.id)) {
            return List.of();
        }
        boolean isMadeHere = origins.getOrDefault(variable.id, List.of(UNKNOWN)).stream()
                .allMatch(origin -> origin instanceof Origin.Value(ExprTy.Dict dict));
        return isMadeHere
                ? text(item.slice)
                        .map(key -> items.getOrDefault(variable.id, Map.of()).getOrDefault(key, List.of()))
                        .orElse(List.of())
                : List.of();
    }

    private void bindAll(String[] names) {
        for (String variable : names) {
            bind(variable, UNKNOWN);
        }
    }

    private void bind(@Nullable String variable, Origin origin) {
        if (variable != null) {
            origins.computeIfAbsent(variable, none -> new ArrayList<>()).add(origin);
        }
    }

    private void bind(@Nullable ExprTy target, Origin origin) {
        switch (target) {
            case ExprTy.Name variable -> bind(variable.id, origin);
            case ExprTy.Tuple tuple -> bindEach(tuple.elements, origin);
            case ExprTy.List list -> bindEach(list.elements, origin);
            case ExprTy.Starred starred -> bind(starred.value, UNKNOWN);
            case null, default -> {
                // An attribute or an item.
            }
        }
    }

    private void bindEach(ExprTy[] targets, Origin origin) {
        for (int i = 0; i < targets.length; i++) {
            bind(
                    targets[i],
                    switch (origin) {
                        case Origin.Value(ExprTy.Tuple tuple)
                        when tuple.elements.length == targets.length -> new Origin.Value(tuple.elements[i]);
                        case Origin.Value(ExprTy.List list)
                        when list.elements.length == targets.length -> new Origin.Value(list.elements[i]);
                        case Origin.Value(ExprTy value) -> new Origin.ItemOf(value);
                        // What is foreign with all that it holds is so at each depth.
                        default -> origin;
                    });
        }
    }
}
