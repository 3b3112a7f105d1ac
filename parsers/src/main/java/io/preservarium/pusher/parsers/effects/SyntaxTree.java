package io.preservarium.pusher.parsers.effects;

import com.oracle.graal.python.pegparser.AbstractParser.Flags;
import com.oracle.graal.python.pegparser.InputType;
import com.oracle.graal.python.pegparser.Parser;
import com.oracle.graal.python.pegparser.ParserCallbacks;
import com.oracle.graal.python.pegparser.sst.ArgumentsTy;
import com.oracle.graal.python.pegparser.sst.ComprehensionTy;
import com.oracle.graal.python.pegparser.sst.ExceptHandlerTy;
import com.oracle.graal.python.pegparser.sst.ExprTy;
import com.oracle.graal.python.pegparser.sst.KeywordTy;
import com.oracle.graal.python.pegparser.sst.MatchCaseTy;
import com.oracle.graal.python.pegparser.sst.ModTy;
import com.oracle.graal.python.pegparser.sst.PatternTy;
import com.oracle.graal.python.pegparser.sst.SSTNode;
import com.oracle.graal.python.pegparser.sst.StmtTy;
import com.oracle.graal.python.pegparser.sst.WithItemTy;
import com.oracle.graal.python.pegparser.tokenizer.SourceRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads Python with the engine's own parser, so that both see the same program. */
final class SyntaxTree {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Of Python 3.12, whose grammar the engine reads. */
    private static final int MINOR_VERSION = 12;

    /** Reading it, or finding out about it, takes too long. */
    static final class TooLongException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static final class SyntaxException extends RuntimeException {
        private static final long serialVersionUID = 1;

        SyntaxException(String message) {
            super(message);
        }
    }

    private static final class Callbacks implements ParserCallbacks {
        private final long end = System.nanoTime() + PATIENCE.toNanos();

        @Override
        public void safePointPoll() {
            if (System.nanoTime() > end) {
                throw new TooLongException();
            }
        }

        @Override
        public RuntimeException reportIncompleteSource(int line) {
            return new SyntaxException("incomplete in line " + line);
        }

        @Override
        public RuntimeException onError(ErrorType type, SourceRange where, String message) {
            return new SyntaxException(message);
        }

        @Override
        public void onWarning(WarningType type, SourceRange where, String message) {
            // Said when the script is loaded.
        }
    }

    private SyntaxTree() {}

    /** Empty if it is no Python. */
    static Optional<SSTNode> parse(String source) {
        try {
            return Optional.of(
                    new Parser(source, new Callbacks(), InputType.FILE, EnumSet.noneOf(Flags.class), MINOR_VERSION)
                            .parse());
        } catch (SyntaxException e) {
            return Optional.empty();
        }
    }

    /** What stands in it, in the order of the text as far as that matters: nowhere. */
    static List<SSTNode> children(SSTNode node) {
        List<SSTNode> children = new ArrayList<>();
        switch (node) {
            case ModTy.Module module -> add(children, module.body);
            case StmtTy statement -> statement(children, statement);
            case ExprTy expression -> expression(children, expression);
            case PatternTy pattern -> pattern(children, pattern);
            case ExceptHandlerTy.ExceptHandler handler -> {
                add(children, handler.type);
                add(children, handler.body);
            }
            case MatchCaseTy match -> {
                add(children, match.pattern, match.guard);
                add(children, match.body);
            }
            case ComprehensionTy comprehension -> {
                add(children, comprehension.target, comprehension.iter);
                add(children, comprehension.ifs);
            }
            case KeywordTy keyword -> add(children, keyword.value);
            case WithItemTy item -> add(children, item.contextExpr, item.optionalVars);
            case ArgumentsTy arguments -> {
                add(children, arguments.defaults);
                add(children, arguments.kwDefaults);
            }
            default -> {
                // Names and operators.
            }
        }
        return children;
    }

    private static void statement(List<SSTNode> children, StmtTy statement) {
        switch (statement) {
            case StmtTy.FunctionDef function -> {
                add(children, function.args);
                add(children, function.body);
                add(children, function.decoratorList);
            }
            case StmtTy.AsyncFunctionDef function -> {
                add(children, function.args);
                add(children, function.body);
                add(children, function.decoratorList);
            }
            case StmtTy.ClassDef type -> {
                add(children, type.bases);
                add(children, type.keywords);
                add(children, type.body);
                add(children, type.decoratorList);
            }
            case StmtTy.Return returned -> add(children, returned.value);
            case StmtTy.Delete delete -> add(children, delete.targets);
            case StmtTy.Assign assign -> {
                add(children, assign.targets);
                add(children, assign.value);
            }
            case StmtTy.AugAssign assign -> add(children, assign.target, assign.value);
            case StmtTy.AnnAssign assign -> add(children, assign.target, assign.value);
            case StmtTy.TypeAlias alias -> add(children, alias.name, alias.value);
            case StmtTy.For loop -> {
                add(children, loop.target, loop.iter);
                add(children, loop.body);
                add(children, loop.orElse);
            }
            case StmtTy.AsyncFor loop -> {
                add(children, loop.target, loop.iter);
                add(children, loop.body);
                add(children, loop.orElse);
            }
            case StmtTy.While loop -> {
                add(children, loop.test);
                add(children, loop.body);
                add(children, loop.orElse);
            }
            case StmtTy.If branch -> {
                add(children, branch.test);
                add(children, branch.body);
                add(children, branch.orElse);
            }
            case StmtTy.With with -> {
                add(children, with.items);
                add(children, with.body);
            }
            case StmtTy.AsyncWith with -> {
                add(children, with.items);
                add(children, with.body);
            }
            case StmtTy.Match match -> {
                add(children, match.subject);
                add(children, match.cases);
            }
            case StmtTy.Raise raise -> add(children, raise.exc, raise.cause);
            case StmtTy.Try attempt -> {
                add(children, attempt.body);
                add(children, attempt.handlers);
                add(children, attempt.orElse);
                add(children, attempt.finalBody);
            }
            case StmtTy.TryStar attempt -> {
                add(children, attempt.body);
                add(children, attempt.handlers);
                add(children, attempt.orElse);
                add(children, attempt.finalBody);
            }
            case StmtTy.Assert check -> add(children, check.test, check.msg);
            case StmtTy.Expr expression -> add(children, expression.value);
            default -> {
                // No other has anything in it.
            }
        }
    }

    private static void expression(List<SSTNode> children, ExprTy expression) {
        switch (expression) {
            case ExprTy.BoolOp operation -> add(children, operation.values);
            case ExprTy.NamedExpr named -> add(children, named.target, named.value);
            case ExprTy.BinOp operation -> add(children, operation.left, operation.right);
            case ExprTy.UnaryOp operation -> add(children, operation.operand);
            case ExprTy.Lambda lambda -> add(children, lambda.args, lambda.body);
            case ExprTy.IfExp choice -> add(children, choice.test, choice.body, choice.orElse);
            case ExprTy.Dict dict -> {
                add(children, dict.keys);
                add(children, dict.values);
            }
            case ExprTy.Set set -> add(children, set.elements);
            case ExprTy.ListComp list -> {
                add(children, list.element);
                add(children, list.generators);
            }
            case ExprTy.SetComp set -> {
                add(children, set.element);
                add(children, set.generators);
            }
            case ExprTy.DictComp dict -> {
                add(children, dict.key, dict.value);
                add(children, dict.generators);
            }
            case ExprTy.GeneratorExp generator -> {
                add(children, generator.element);
                add(children, generator.generators);
            }
            case ExprTy.Await await -> add(children, await.value);
            case ExprTy.Yield yielded -> add(children, yielded.value);
            case ExprTy.YieldFrom yielded -> add(children, yielded.value);
            case ExprTy.Compare compare -> {
                add(children, compare.left);
                add(children, compare.comparators);
            }
            case ExprTy.Call call -> {
                add(children, call.func);
                add(children, call.args);
                add(children, call.keywords);
            }
            case ExprTy.FormattedValue value -> add(children, value.value, value.formatSpec);
            case ExprTy.JoinedStr text -> add(children, text.values);
            case ExprTy.Attribute attribute -> add(children, attribute.value);
            case ExprTy.Subscript subscript -> add(children, subscript.value, subscript.slice);
            case ExprTy.Starred starred -> add(children, starred.value);
            case ExprTy.List list -> add(children, list.elements);
            case ExprTy.Tuple tuple -> add(children, tuple.elements);
            case ExprTy.Slice slice -> add(children, slice.lower, slice.upper, slice.step);
            default -> {
                // Names and constants.
            }
        }
    }

    private static void pattern(List<SSTNode> children, PatternTy pattern) {
        switch (pattern) {
            case PatternTy.MatchValue match -> add(children, match.value);
            case PatternTy.MatchSequence match -> add(children, match.patterns);
            case PatternTy.MatchMapping match -> {
                add(children, match.keys);
                add(children, match.patterns);
            }
            case PatternTy.MatchClass match -> {
                add(children, match.cls);
                add(children, match.patterns);
                add(children, match.kwdPatterns);
            }
            case PatternTy.MatchAs match -> add(children, match.pattern);
            case PatternTy.MatchOr match -> add(children, match.patterns);
            default -> {
                // A name or a constant.
            }
        }
    }

    private static void add(List<SSTNode> children, @Nullable SSTNode @Nullable ... nodes) {
        if (nodes != null) {
            for (SSTNode node : nodes) {
                if (node != null) {
                    children.add(node);
                }
            }
        }
    }
}
