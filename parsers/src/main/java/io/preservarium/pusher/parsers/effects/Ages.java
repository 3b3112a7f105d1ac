package io.preservarium.pusher.parsers.effects;

import com.oracle.graal.python.pegparser.sst.ExprTy;
import com.oracle.graal.python.pegparser.sst.KeywordTy;
import io.preservarium.pusher.parsers.effects.FunctionScope.Origin;
import io.preservarium.pusher.parsers.effects.Names.Place;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which objects a script's functions make themselves, or were given by somebody who did. Begins with the best that can be
 * thought of each variable, parameter and result, and goes down until nothing changes any more.
 */
final class Ages {

    private static final int MAX_ROUNDS = 30;
    /** A second's work; a real script takes some ten thousand. */
    private static final int MAX_STEPS = 5_000_000;

    /** Called by the runtime, with what it made. */
    private static final Set<String> ENTRIES = Set.of("format_command", "parse", "device_id", "match_reply");

    private record Known(Map<String, Age> variables, Age[] parameters) {}

    private final Names names;
    private final Map<FunctionScope, Known> known = new IdentityHashMap<>();
    private final Map<String, Age> results = new HashMap<>();
    private final Set<String> handedOn = new HashSet<>();
    /** Whether there is a call of which nobody knows what it calls. */
    private final boolean callsAnything;

    private boolean isAnyMethodCalled;
    private boolean isChanged;
    private int steps;

    Ages(Names names) {
        this.names = names;
        for (Place place : names.places()) {
            switch (place.node()) {
                case ExprTy.Name name when names.isHandedOn(name) -> handedOn.add(name.id);
                case ExprTy.Attribute method when names.isHandedOn(method) -> handedOn.add(method.attr);
                default -> {
                    // Hands nothing on.
                }
            }
        }
        names.scopes().forEach(this::begin);
        callsAnything = names.places().stream().anyMatch(this::callsAnything);
        int round = 0;
        do {
            isChanged = false;
            names.scopes().forEach(this::lower);
            names.places().forEach(this::lowerParameters);
        } while (isChanged && ++round < MAX_ROUNDS);
        if (isChanged) {
            known.values().forEach(ages -> {
                ages.variables().replaceAll((name, age) -> Age.OLD);
                Arrays.fill(ages.parameters(), Age.OLD);
            });
            results.replaceAll((name, age) -> Age.OLD);
        }
    }

    /** Names whose objects may be met under any other name. */
    Set<String> handedOn() {
        return handedOn;
    }

    private boolean callsAnything(Place place) {
        if (!(place.node() instanceof ExprTy.Call call)) {
            return false;
        }
        return switch (call.func) {
            case ExprTy.Name name
            when !names.functions(name.id).isEmpty()
                    || names.classes().contains(name.id)
                    || KnownResults.isPlain(name.id) -> false;
            case ExprTy.Name name ->
                ofVariable(name.id, place.function()).isPresent()
                        // It may call what it is given.
                        || arguments(call)
                                .anyMatch(argument -> argument instanceof ExprTy.Call given && isDynamicGet(given));
            case ExprTy.Attribute method ->
                names.isSetAttribute(method.attr)
                        && names.functions(method.attr).isEmpty();
            default -> true;
        };
    }

    private Known known(FunctionScope function) {
        return Objects.requireNonNull(known.get(function));
    }

    private void begin(FunctionScope function) {
        Map<String, Age> own = new HashMap<>();
        function.origins().keySet().forEach(variable -> own.put(variable, Age.FOREIGN));
        results.put(function.name(), Age.FOREIGN);
        Age[] given = new Age[function.parameters().size()];
        Arrays.fill(given, isCalledByOthers(function) ? Age.OLD : Age.FOREIGN);
        for (int i = 0; i < given.length; i++) {
            if (function.hasLastingDefault(i) || i == 0 && function.isGivenItsOwner()) {
                given[i] = Age.OLD;
            }
        }
        known.put(function, new Known(own, given));
    }

    private boolean isCalledByOthers(FunctionScope function) {
        String name = function.name();
        boolean isEntry = ENTRIES.contains(name) && !function.isInClass();
        return handedOn.contains(name)
                || function.isDecorated()
                || name.equals("<lambda>")
                || name.startsWith("__")
                || !isEntry && !names.isCalled(name);
    }

    private void lower(FunctionScope function) {
        Map<String, Age> own = known(function).variables();
        function.origins().forEach((variable, origins) -> {
            Age age = origins.stream().map(origin -> age(origin, function)).reduce(Age.FOREIGN, Age::or);
            isChanged |= own.put(variable, age) != age;
        });
        Age result = function.yields() || function.isDecorated()
                ? Age.OLD
                : function.returned().stream()
                        .map(value -> of(value, Optional.of(function)))
                        .reduce(Age.FOREIGN, Age::or);
        Age before = results.getOrDefault(function.name(), Age.FOREIGN);
        if (before.or(result) != before) {
            results.put(function.name(), before.or(result));
            isChanged = true;
        }
    }

    private Age age(Origin origin, FunctionScope function) {
        return switch (origin) {
            case Origin.Value(ExprTy value) -> of(value, Optional.of(function));
            case Origin.ItemOf(ExprTy whole) -> ofItems(whole, function);
            case Origin.Parameter(int index) ->
                isAnyMethodCalled && function.isInClass()
                        ? Age.OLD
                        : known(function).parameters()[index];
            case Origin.Function() -> Age.OLD;
            case Origin.Unknown() -> Age.OLD;
        };
    }

    private Age ofItems(ExprTy whole, FunctionScope function) {
        if (whole instanceof ExprTy.Call call && call.func instanceof ExprTy.Name name) {
            boolean isBuiltin = names.functions(name.id).isEmpty() && !names.isImported(name.id);
            if (isBuiltin && KnownResults.isPlain(name.id)) {
                return Age.FOREIGN;
            }
            if (isBuiltin && KnownResults.isNew(name.id)) {
                return arguments(call)
                        .map(argument -> ofItems(argument, function))
                        .reduce(Age.FOREIGN, Age::or);
            }
        }
        if (whole instanceof ExprTy.Call call
                && call.func instanceof ExprTy.Attribute method
                && method.attr.equals("items")) {
            return of(method.value, Optional.of(function)).ofPart();
        }
        return of(whole, Optional.of(function)).ofPart();
    }

    private static Stream<ExprTy> arguments(ExprTy.Call call) {
        return call.args == null ? Stream.empty() : Arrays.stream(call.args);
    }

    private void lowerParameters(Place place) {
        if (!(place.node() instanceof ExprTy.Call call)) {
            return;
        }
        if (callsAnything
                && !isAnyMethodCalled
                && isDynamicGet(call)
                && !names.isLookedAt(call)
                && of(call.args[0], place.function()) == Age.OLD) {
            isAnyMethodCalled = true;
            isChanged = true;
        }
        switch (call.func) {
            case ExprTy.Name name -> names.functions(name.id).forEach(called -> give(called, call, place, 0));
            case ExprTy.Attribute method
            when mayBeAnOwnObject(method.value, place.function()) -> {
                boolean isOnClass = method.value instanceof ExprTy.Name of
                        && names.classes().contains(of.id);
                for (FunctionScope called : names.functions(method.attr)) {
                    give(called, call, place, called.isGivenItsOwner() && !(isOnClass && called.isOfObjects()) ? 1 : 0);
                }
            }
            default -> {
                // A function that was handed on, or that of an object that is not the script's.
            }
        }
    }

    private boolean mayBeAnOwnObject(ExprTy receiver, Optional<FunctionScope> in) {
        boolean isDict = receiver instanceof ExprTy.Dict
                || receiver instanceof ExprTy.Name name
                        && names.isTable(name.id)
                        && ofVariable(name.id, in).isEmpty();
        return !isDict && of(receiver, in) != Age.FOREIGN;
    }

    static boolean isDynamicGet(ExprTy.Call call) {
        return call.func instanceof ExprTy.Name name
                && name.id.equals("getattr")
                && call.args != null
                && call.args.length > 1
                && !(call.args[1] instanceof ExprTy.Constant);
    }

    private void give(FunctionScope called, ExprTy.Call call, Place place, int first) {
        step();
        Age[] given = known(called).parameters();
        int at = first;
        for (ExprTy argument : call.args == null ? new ExprTy[0] : call.args) {
            if (argument instanceof ExprTy.Starred) {
                lowerAll(given);
                return;
            }
            if (at < given.length) {
                lowerOne(given, at, of(argument, place.function()));
            }
            at++;
        }
        for (KeywordTy keyword : call.keywords == null ? new KeywordTy[0] : call.keywords) {
            if (keyword.arg == null) {
                lowerAll(given);
                return;
            }
            int index = called.parameters().indexOf(keyword.arg);
            if (index >= 0) {
                lowerOne(given, index, of(keyword.value, place.function()));
            }
        }
    }

    private void lowerAll(Age[] given) {
        for (int i = 0; i < given.length; i++) {
            lowerOne(given, i, Age.OLD);
        }
    }

    private void lowerOne(Age[] given, int index, Age age) {
        Age lower = given[index].or(age);
        isChanged |= lower != given[index];
        given[index] = lower;
    }

    /** Of the object that an expression gives. @param in empty outside of functions, where everything stays */
    Age of(ExprTy expression, Optional<FunctionScope> in) {
        step();
        return switch (expression) {
            // Nothing of it could be changed.
            case ExprTy.Constant constant -> Age.FOREIGN;
            case ExprTy.Compare compare -> Age.FOREIGN;
            case ExprTy.JoinedStr text -> Age.FOREIGN;
            case ExprTy.Tuple tuple ->
                Arrays.stream(tuple.elements).allMatch(item -> of(item, in) == Age.FOREIGN) ? Age.FOREIGN : Age.NEW;
            case ExprTy.IfExp choice -> of(choice.body, in).or(of(choice.orElse, in));
            case ExprTy.BoolOp choice ->
                Arrays.stream(choice.values).map(value -> of(value, in)).reduce(Age.FOREIGN, Age::or);
            case ExprTy.NamedExpr named -> of(named.value, in);
            case ExprTy.Name name -> ofVariable(name.id, in).orElse(Age.OLD);
            case ExprTy.Attribute attribute -> of(attribute.value, in).ofPart();
            case ExprTy.Subscript subscript -> ofItem(subscript, in);
            case ExprTy.Call call -> ofResult(call, in);
            case ExprTy.Await await -> Age.OLD;
            case ExprTy.Yield yielded -> Age.OLD;
            case ExprTy.YieldFrom yielded -> Age.OLD;
            case ExprTy.Starred starred -> Age.OLD;
            // Displays, comprehensions, and what operators make.
            default -> Age.NEW;
        };
    }

    private void step() {
        if (++steps > MAX_STEPS) {
            throw new SyntaxTree.TooLongException();
        }
    }

    private Age ofItem(ExprTy.Subscript item, Optional<FunctionScope> in) {
        Age age = of(item.value, in).ofPart();
        List<ExprTy> known = in.map(function -> function.items(item)).orElse(List.of());
        return age == Age.FOREIGN || known.isEmpty()
                ? age
                : known.stream().map(value -> of(value, in)).reduce(Age.NEW, Age::or);
    }

    private Age ofResult(ExprTy.Call call, Optional<FunctionScope> in) {
        return switch (call.func) {
            case ExprTy.Name name
            when name.id.equals("getattr") && call.args != null && call.args.length > 1 ->
                of(call.args[0], in).ofPart();
            case ExprTy.Name name when ofVariable(name.id, in).isPresent() && !isFunction(name.id, in) -> Age.OLD;
            case ExprTy.Name name when !names.functions(name.id).isEmpty() -> results.getOrDefault(name.id, Age.OLD);
            case ExprTy.Name name when names.isImported(name.id) -> ofImported(name.id, name.id);
            case ExprTy.Name name when names.classes().contains(name.id) -> Age.NEW;
            case ExprTy.Name name -> KnownResults.ofBuiltin(name.id);
            case ExprTy.Attribute method when of(method.value, in) == Age.FOREIGN -> Age.FOREIGN;
            case ExprTy.Attribute method
            when !names.functions(method.attr).isEmpty() -> results.getOrDefault(method.attr, Age.OLD);
            case ExprTy.Attribute method -> ofForeignMethod(method, in);
            default -> Age.OLD;
        };
    }

    private Age ofForeignMethod(ExprTy.Attribute method, Optional<FunctionScope> in) {
        Optional<String> root = EffectsFinder.root(method.value, false)
                .filter(names::isImported)
                .filter(name -> ofVariable(name, in).isEmpty());
        return root.map(name -> ofImported(name, method.attr)).orElseGet(() -> KnownResults.ofMethod(method.attr));
    }

    /** @param name as the script imports it */
    private Age ofImported(String name, String called) {
        return names.imported(name)
                .map(found ->
                        KnownResults.ofModule(found.module(), found.member().orElse(called)))
                .orElse(Age.OLD);
    }

    private static boolean isFunction(String name, Optional<FunctionScope> innermost) {
        Optional<FunctionScope> at = innermost;
        while (at.isPresent()) {
            if (at.get().origins().containsKey(name)) {
                return at.get().isFunction(name);
            }
            at = at.get().outer();
        }
        return false;
    }

    /** Empty if no function has a variable of that name. */
    private Optional<Age> ofVariable(String name, Optional<FunctionScope> innermost) {
        Optional<FunctionScope> at = innermost;
        while (at.isPresent()) {
            Age age = known(at.get()).variables().get(name);
            if (age != null) {
                return Optional.of(age);
            }
            at = at.get().outer();
        }
        return Optional.empty();
    }
}
