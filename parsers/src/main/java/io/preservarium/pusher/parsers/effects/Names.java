package io.preservarium.pusher.parsers.effects;

import com.oracle.graal.python.pegparser.sst.AliasTy;
import com.oracle.graal.python.pegparser.sst.ArgumentsTy;
import com.oracle.graal.python.pegparser.sst.ExceptHandlerTy;
import com.oracle.graal.python.pegparser.sst.ExprContextTy;
import com.oracle.graal.python.pegparser.sst.ExprTy;
import com.oracle.graal.python.pegparser.sst.SSTNode;
import com.oracle.graal.python.pegparser.sst.StmtTy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every node of a script with the function that it is in, and what the script's names stand for. */
final class Names {

    /** @param isInClass whether it stands in a class's own body */
    record Place(SSTNode node, Optional<FunctionScope> function, boolean isInClass) {}

    /** @param member empty if the name stands for the module itself */
    record Imported(String module, Optional<String> member) {}

    private static final Set<String> ASKING_FOR_TYPES = Set.of("isinstance", "issubclass");
    private static final Set<String> KINDS_OF_METHODS = Set.of("classmethod", "property", "staticmethod");

    private final List<Place> places = new ArrayList<>();
    private final Map<String, List<FunctionScope>> functions = new HashMap<>();
    private final Set<String> classes = new HashSet<>();
    /** Global names that were set once, to a table that is written down there. */
    private final Map<String, Boolean> tables = new HashMap<>();
    /** Names of attributes that the script sets. */
    private final Set<String> attributes = new HashSet<>();
    /** By the name it has in the script. */
    private final Map<String, Imported> imported = new HashMap<>();
    /** What is called anywhere, by the last part of its name. */
    private final Set<String> called = new HashSet<>();

    private final List<FunctionScope> comprehensions = new ArrayList<>();
    /** Names that are called, or that stand before a dot, or say what something is: their objects go nowhere. */
    private final Set<SSTNode> used = Collections.newSetFromMap(new IdentityHashMap<>());
    /** What is compared, tested or taken apart where it stands, and not called. */
    private final Set<SSTNode> lookedAt = Collections.newSetFromMap(new IdentityHashMap<>());

    Names(SSTNode tree) {
        Deque<Place> open = new ArrayDeque<>();
        open.push(new Place(tree, Optional.empty(), false));
        while (!open.isEmpty()) {
            Place place = open.pop();
            places.add(place);
            note(place.node());
            noteTables(place);
            if (!place.isInClass()) {
                place.function().ifPresent(function -> function.note(place.node()));
            }
            switch (place.node()) {
                case StmtTy.FunctionDef function ->
                    openFunction(open, place, function.args, function.body, function.decoratorList, function.name);
                case StmtTy.AsyncFunctionDef function ->
                    openFunction(open, place, function.args, function.body, function.decoratorList, function.name);
                case ExprTy.Lambda lambda ->
                    openFunction(open, place, lambda.args, new SSTNode[] {lambda.body}, null, "<lambda>");
                case ExprTy comprehension
                when isComprehension(comprehension) && place.function().isPresent() -> {
                    FunctionScope inner = new FunctionScope(place.function().get());
                    comprehensions.add(inner);
                    openAll(open, SyntaxTree.children(comprehension), Optional.of(inner), false);
                }
                case SSTNode other ->
                    openAll(open, SyntaxTree.children(other), place.function(), other instanceof StmtTy.ClassDef);
            }
        }
    }

    private static boolean isComprehension(ExprTy expression) {
        return expression instanceof ExprTy.ListComp
                || expression instanceof ExprTy.SetComp
                || expression instanceof ExprTy.DictComp
                || expression instanceof ExprTy.GeneratorExp;
    }

    private void openFunction(
            Deque<Place> open,
            Place place,
            ArgumentsTy arguments,
            SSTNode @Nullable [] body,
            ExprTy @Nullable [] decorators,
            String name) {
        boolean isOfClass = name.equals("__new__") || isDecorated(decorators, "classmethod");
        boolean isOfObjects = !isOfClass && !name.equals("<lambda>") && !isDecorated(decorators, "staticmethod");
        FunctionScope function = new FunctionScope(
                name,
                place.function(),
                arguments,
                place.isInClass(),
                place.isInClass() && isOfObjects,
                place.isInClass() && isOfClass,
                isDecorated(decorators));
        functions.computeIfAbsent(name, none -> new ArrayList<>()).add(function);
        openAll(open, SyntaxTree.children(arguments), place.function(), false);
        if (decorators != null) {
            openAll(open, List.of(decorators), place.function(), false);
        }
        if (body != null) {
            openAll(open, List.of(body), Optional.of(function), false);
        }
    }

    /** By more than what says how a method is called. */
    private static boolean isDecorated(ExprTy @Nullable [] decorators) {
        return decorators != null
                && Stream.of(decorators)
                        .anyMatch(one -> !(one instanceof ExprTy.Name name && KINDS_OF_METHODS.contains(name.id)));
    }

    private static boolean isDecorated(ExprTy @Nullable [] decorators, String with) {
        return decorators != null
                && Stream.of(decorators).anyMatch(one -> one instanceof ExprTy.Name name && name.id.equals(with));
    }

    private static void openAll(
            Deque<Place> open, List<? extends SSTNode> nodes, Optional<FunctionScope> function, boolean isInClass) {
        nodes.forEach(node -> open.push(new Place(node, function, isInClass)));
    }

    private void note(SSTNode node) {
        switch (node) {
            case StmtTy.ClassDef type -> {
                classes.add(type.name);
                use(type.bases);
                use(type.decoratorList);
            }
            case StmtTy.FunctionDef function -> use(function.decoratorList);
            case StmtTy.AsyncFunctionDef function -> use(function.decoratorList);
            case ExprTy.Call call -> {
                use(call.func);
                if (call.func instanceof ExprTy.Name name) {
                    called.add(name.id);
                } else if (call.func instanceof ExprTy.Attribute method) {
                    called.add(method.attr);
                }
                if (call.func instanceof ExprTy.Name name && ASKING_FOR_TYPES.contains(name.id)) {
                    use(call.args);
                }
            }
            case ExprTy.Attribute attribute -> {
                use(attribute.value);
                lookedAt.add(attribute.value);
                if (attribute.context == ExprContextTy.Store) {
                    attributes.add(attribute.attr);
                }
            }
            case ExprTy.Subscript subscript -> lookedAt.add(subscript.value);
            case ExprTy.Compare compare -> {
                lookedAt.add(compare.left);
                lookedAt.addAll(List.of(compare.comparators));
            }
            case ExprTy.UnaryOp operation -> lookedAt.add(operation.operand);
            case StmtTy.If branch -> lookedAt.add(branch.test);
            case ExprTy.IfExp choice -> lookedAt.add(choice.test);
            case StmtTy.Raise raise -> use(raise.exc);
            case ExceptHandlerTy.ExceptHandler handler -> use(handler.type);
            case StmtTy.Import imports -> {
                for (AliasTy alias : imports.names) {
                    imported.put(
                            alias.asName == null ? SharedNames.topOf(alias.name) : alias.asName,
                            new Imported(alias.name, Optional.empty()));
                }
            }
            case StmtTy.ImportFrom imports -> {
                for (AliasTy alias : imports.names) {
                    imported.put(
                            alias.asName == null ? alias.name : alias.asName,
                            new Imported(imports.module == null ? "" : imports.module, Optional.of(alias.name)));
                }
            }
            default -> {
                // Names nothing that matters.
            }
        }
    }

    private void noteTables(Place place) {
        if (place.node() instanceof StmtTy.Assign assign && place.isInClass()) {
            Stream.of(assign.targets)
                    .filter(ExprTy.Name.class::isInstance)
                    .forEach(target -> attributes.add(((ExprTy.Name) target).id));
        }
        if (place.node() instanceof StmtTy.Global global) {
            for (String name : global.names) {
                tables.put(name, false);
            }
        } else if (place.node() instanceof StmtTy.Assign assign
                && place.function().isEmpty()) {
            for (ExprTy target : assign.targets) {
                if (target instanceof ExprTy.Name name) {
                    boolean isTable = assign.value instanceof ExprTy.Dict || assign.value instanceof ExprTy.DictComp;
                    tables.merge(name.id, isTable, (one, other) -> false);
                }
            }
        }
    }

    private void use(@Nullable ExprTy @Nullable ... expressions) {
        if (expressions != null) {
            for (ExprTy expression : expressions) {
                if (expression instanceof ExprTy.Tuple tuple) {
                    use(tuple.elements);
                } else if (expression != null) {
                    used.add(expression);
                }
            }
        }
    }

    List<Place> places() {
        return places;
    }

    /** Of that name; the ones without are called {@code <lambda>}. */
    List<FunctionScope> functions(String name) {
        return functions.getOrDefault(name, List.of());
    }

    /** Those with variables, comprehensions too. */
    Stream<FunctionScope> scopes() {
        return Stream.concat(functions.values().stream().flatMap(List::stream), comprehensions.stream());
    }

    boolean isCalled(String function) {
        return called.contains(function);
    }

    Set<String> classes() {
        return classes;
    }

    boolean isImported(String name) {
        return imported.containsKey(name);
    }

    /** Whether a global of that name is a dict, with the methods of a dict. */
    boolean isTable(String name) {
        return tables.getOrDefault(name, false);
    }

    /** The module that the expression names. */
    Optional<String> module(ExprTy expression) {
        return expression instanceof ExprTy.Name name
                ? imported(name.id).filter(found -> found.member().isEmpty()).map(Imported::module)
                : Optional.empty();
    }

    Optional<Imported> imported(String name) {
        return Optional.ofNullable(imported.get(name));
    }

    /** Whether what the expression gives is only looked at, and called by nobody. */
    boolean isLookedAt(ExprTy expression) {
        return lookedAt.contains(expression);
    }

    /** Whether an attribute of that name may be anything that the script put there. */
    boolean isSetAttribute(String attribute) {
        return attributes.contains(attribute);
    }

    /** Whether the object that is named here may go anywhere. */
    boolean isHandedOn(ExprTy.Name name) {
        return name.context == ExprContextTy.Load && !used.contains(name);
    }

    boolean isHandedOn(ExprTy.Attribute method) {
        return method.context == ExprContextTy.Load && !used.contains(method);
    }
}
