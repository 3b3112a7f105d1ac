package io.preservarium.pusher.parsers.effects;

import static io.preservarium.pusher.parsers.effects.ScriptEffects.Kind.CELLS;
import static io.preservarium.pusher.parsers.effects.ScriptEffects.Kind.CLASSES;
import static io.preservarium.pusher.parsers.effects.ScriptEffects.Kind.CONTAINERS;
import static io.preservarium.pusher.parsers.effects.ScriptEffects.Kind.NAMES;
import static io.preservarium.pusher.parsers.effects.ScriptEffects.Kind.OBJECTS;

import com.oracle.graal.python.pegparser.sst.AliasTy;
import com.oracle.graal.python.pegparser.sst.ConstantValue;
import com.oracle.graal.python.pegparser.sst.ExprContextTy;
import com.oracle.graal.python.pegparser.sst.ExprTy;
import com.oracle.graal.python.pegparser.sst.SSTNode;
import com.oracle.graal.python.pegparser.sst.StmtTy;
import io.preservarium.pusher.parsers.effects.Names.Place;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Looks at each node of a script for what it changes. */
final class EffectsFinder {

    private final Names names;
    /** Imported members that lead to what is shared. */
    private final Set<String> concerning = new HashSet<>();

    private final EnumSet<ScriptEffects.Kind> inCalls = EnumSet.noneOf(ScriptEffects.Kind.class);
    /** Names of classes and functions whose attributes may change. */
    private final Set<String> exposed = new HashSet<>();

    EffectsFinder(SSTNode tree) {
        names = new Names(tree);
        for (Place place : names.places()) {
            if (place.node() instanceof StmtTy.ImportFrom imports) {
                for (AliasTy alias : imports.names) {
                    if (isOfConcern(imports, alias)) {
                        concerning.add(alias.asName == null ? alias.name : alias.asName);
                    }
                }
            }
        }
    }

    ScriptEffects find() {
        boolean sharedOnLoad = false;
        for (Place place : names.places()) {
            boolean isInCalls = place.function().isPresent();
            if ((isInCalls || !sharedOnLoad) && reachesOthers(place)) {
                if (isInCalls) {
                    return ScriptEffects.ALL;
                }
                sharedOnLoad = true;
            }
        }
        Ages ages = new Ages(names);
        for (Place place : names.places()) {
            if (namesAChangingFunction(place.node())) {
                inCalls.add(CONTAINERS);
            }
            place.function().ifPresent(function -> findChange(place.node(), function, ages));
        }
        if (inCalls.contains(CLASSES)) {
            exposed.addAll(ages.handedOn());
            exposed.add("<lambda>");
            exposed.removeIf(name ->
                    !names.classes().contains(name) && names.functions(name).isEmpty());
        }
        return new ScriptEffects(sharedOnLoad, inCalls, exposed);
    }

    private static boolean isOfConcern(StmtTy.ImportFrom imports, AliasTy alias) {
        return imports.level == 0
                && imports.module != null
                && (alias.name.equals("*") || SharedNames.isOfConcern(imports.module, Optional.of(alias.name)));
    }

    private boolean reachesOthers(Place place) {
        return switch (place.node()) {
            case StmtTy.Import imports ->
                Stream.of(imports.names).anyMatch(alias -> SharedNames.isOfConcern(alias.name, Optional.empty()));
            case StmtTy.ImportFrom imports -> Stream.of(imports.names).anyMatch(alias -> isOfConcern(imports, alias));
            case ExprTy.Name name ->
                SharedNames.isReachingBuiltin(name.id)
                        || concerning.contains(name.id)
                        // A module that is handed on can be changed anywhere, and so can what a function is told to
                        // set.
                        || names.isHandedOn(name)
                                && (names.module(name).isPresent() || SharedNames.setsAttributes(name.id));
            case ExprTy.Attribute attribute -> reachesOthers(attribute, place);
            case ExprTy.Subscript subscript ->
                subscript.context != ExprContextTy.Load && isShared(subscript.value, place);
            case ExprTy.Constant constant ->
                constant.value.kind == ConstantValue.Kind.CODEPOINTS
                        && SharedNames.isReachingAttribute(
                                constant.value.getCodePoints().toJavaString());
            case ExprTy.Call call ->
                // With the name of an attribute that is told nowhere.
                (setsAttribute(call) || Ages.isDynamicGet(call)) && isShared(call.args[0], place);
            default -> false;
        };
    }

    private boolean reachesOthers(ExprTy.Attribute attribute, Place place) {
        if (SharedNames.isReachingAttribute(attribute.attr)) {
            return true;
        }
        if (attribute.context != ExprContextTy.Load && isShared(attribute.value, place)) {
            return true;
        }
        if (SharedNames.isChangingMethod(attribute.attr)
                && root(attribute.value, false).filter(names::isImported).isPresent()) {
            return true;
        }
        return names.module(attribute.value)
                .filter(module -> attribute.attr.startsWith("_")
                        || SharedNames.isOfConcern(SharedNames.topOf(module), Optional.of(attribute.attr)))
                .isPresent();
    }

    private static boolean setsAttribute(ExprTy.Call call) {
        return call.func instanceof ExprTy.Name function
                && SharedNames.setsAttributes(function.id)
                && call.args != null
                && call.args.length > 0;
    }

    /** Whether what is set there may be no object of the script. */
    private boolean isShared(ExprTy owner, Place place) {
        if (owner instanceof ExprTy.Call call
                && call.func instanceof ExprTy.Name function
                && function.id.equals("type")) {
            return !(call.args != null
                    && call.args.length == 1
                    && call.args[0] instanceof ExprTy.Name of
                    && place.function().filter(method -> method.isSelf(of.id)).isPresent());
        }
        return root(owner, true).filter(names::isImported).isPresent();
    }

    private static boolean namesAChangingFunction(SSTNode node) {
        return switch (node) {
            case StmtTy.ImportFrom imports ->
                Stream.of(imports.names).anyMatch(alias -> SharedNames.isChangingFunction(alias.name));
            case ExprTy.Attribute attribute -> SharedNames.isChangingFunction(attribute.attr);
            default -> false;
        };
    }

    private void findChange(SSTNode node, FunctionScope function, Ages ages) {
        switch (node) {
            case StmtTy.Global global -> inCalls.add(NAMES);
            case StmtTy.Nonlocal nonlocal -> inCalls.add(CELLS);
            case ExprTy.Attribute attribute
            when attribute.context != ExprContextTy.Load -> setAttribute(attribute.value, function, ages);
            case ExprTy.Attribute attribute -> {
                if (SharedNames.isChangingMethod(attribute.attr)) {
                    changeContainer(attribute.value, function, ages);
                }
            }
            case ExprTy.Call call when setsAttribute(call) -> setAttribute(call.args[0], function, ages);
            case ExprTy.Subscript subscript
            when subscript.context != ExprContextTy.Load -> changeContainer(subscript.value, function, ages);
            case StmtTy.Assign assign -> putIntoForeign(assign, function, ages);
            case StmtTy.AugAssign assign
            when assign.target instanceof ExprTy.Name name -> changeContainer(name, function, ages);
            // Also the list that the attribute is.
            case StmtTy.AugAssign assign
            when assign.target instanceof ExprTy.Attribute attribute -> changeContainer(attribute, function, ages);
            default -> {
                // Changes nothing.
            }
        }
    }

    private void changeContainer(ExprTy container, FunctionScope function, Ages ages) {
        if (ages.of(container, Optional.of(function)) == Age.OLD) {
            inCalls.add(CONTAINERS);
        }
    }

    /** What is put there is changed by whoever changes what it was put into. */
    private void putIntoForeign(StmtTy.Assign assign, FunctionScope function, Ages ages) {
        for (ExprTy target : assign.targets) {
            if (target instanceof ExprTy.Subscript subscript
                    && ages.of(subscript.value, Optional.of(function)) == Age.FOREIGN) {
                changeContainer(assign.value, function, ages);
            }
        }
    }

    private void setAttribute(ExprTy owner, FunctionScope function, Ages ages) {
        if (ages.of(owner, Optional.of(function)) != Age.OLD) {
            return;
        }
        if (owner instanceof ExprTy.Name name && function.isSelf(name.id)) {
            if (!function.isConstructor()) {
                inCalls.add(OBJECTS);
            }
            return;
        }
        inCalls.add(OBJECTS);
        inCalls.add(CLASSES);
        Optional<String> own = root(owner, true)
                .filter(name ->
                        names.classes().contains(name) || !names.functions(name).isEmpty());
        own.ifPresent(exposed::add);
        if (own.isEmpty()) {
            // Such as a class that a method is given.
            exposed.addAll(names.classes());
        }
    }

    /** The name that a chain of members and items begins with. */
    static Optional<String> root(ExprTy expression, boolean throughCalls) {
        ExprTy at = expression;
        while (true) {
            switch (at) {
                case ExprTy.Name name -> {
                    return Optional.of(name.id);
                }
                case ExprTy.Attribute attribute -> at = attribute.value;
                case ExprTy.Subscript subscript -> at = subscript.value;
                case ExprTy.Call call when throughCalls -> at = call.func;
                default -> {
                    return Optional.empty();
                }
            }
        }
    }
}
