"""Python's side of a script context: arguments in, results out, errors as text.

What Java calls returns bytes, None, an int or a str for format_command, and a list for the others, so that nothing but
primitives crosses. Scripts are held by Java alone: no script can find another one through this module.
"""

import sys

ModuleType = type(sys)

MAX_DEPTH = 64
MAX_VALUES = 100_000
MAX_TEXT = 420
MAX_BITS = 4096
MAX_KEY_SHOWN = 40
MAX_WARNINGS = 20

_modules_before = 0


# What scripts commonly import: some of it takes hundreds of milliseconds.
COMMON = frozenset(
    "base64 binascii calendar collections dataclasses datetime decimal enum hashlib json math re struct time typing zlib"
    .split()
)


def prepare(source):
    """Imports what the script is about to import, so that no script pays for that within its own limits."""
    for sign in ",.;()":
        source = source.replace(sign, " ")
    for name in COMMON.intersection(source.split()):
        __import__(name)


def use_protos(protos):
    """Until protobuf.py is loaded, which has one that does something, no script has generated modules."""


class Script:
    __slots__ = (
        "ref", "protos", "name", "code", "module", "format", "parse", "device_id", "match_reply", "changes", "exposed", "state", "shared",
        "is_stale",
    )


_entered = None
_displaced = None


def enter(script):
    """Makes the script a module that is imported, and nobody else's: dataclasses and pickle look for it there."""
    global _entered, _displaced
    use_protos(script.protos)
    if _entered is not script:
        if _entered is not None:
            if _displaced is None:
                sys.modules.pop(_entered.name, None)
            else:
                sys.modules[_entered.name] = _displaced
        _entered = script
        _displaced = sys.modules.get(script.name)
        sys.modules[script.name] = script.module
    if script.is_stale:
        _run(script)


def leave(script):
    """Makes the script again what it was before the call."""
    state = script.state
    shared = script.shared
    if state is None and shared is None or script.is_stale:
        return
    try:
        if shared is not None:
            shared.put_back()
        if state is not None:
            if state.is_opaque:
                script.is_stale = True
            else:
                state.put_back()
    except BaseException:  # noqa: B902, objects of a script compare as they like
        script.is_stale = True


def _run(script):
    """Runs the text of the script that was entered, in a new module."""
    script.module = module = ModuleType(script.name)
    module.__file__ = "/" + script.ref
    sys.modules[script.name] = module
    exec(script.code, module.__dict__)
    script.format = _function(module, "format_command")
    script.parse = _function(module, "parse")
    script.device_id = _function(module, "device_id")
    script.match_reply = _function(module, "match_reply", 3)
    state = note(module, script.changes, script.exposed)
    script.state = state if state.may_change else None
    if "shared" in script.changes and script.shared is None:
        script.shared = SharedState()
    script.is_stale = False


def _module_name(ref):
    """As Python would name it, but never a module of Python's own, which others still have to find."""
    name = ref.rpartition(".")[0]
    return name + "_script" if name.partition(".")[0] in sys.stdlib_module_names else name


class Unreadable(Exception):
    """A result that JSON cannot say."""


def build(shape, values):
    """The values of a flat row (see FlatValues.java) as real dicts and lists."""
    take = iter(values).__next__
    stack = []
    into = roots = []
    keyed = False
    for kind in shape:
        if kind == "}" or kind == "]":
            into = stack.pop()
            keyed = type(into) is dict
            continue
        if keyed:
            key = take()
        if kind == "v":
            value = take()
        elif kind == "{":
            value = {}
        elif kind == "[":
            value = []
        elif kind == "n":
            value = None
        else:
            value = int(take(), 16)
        if keyed:
            into[key] = value
        else:
            into.append(value)
        if kind == "{":
            stack.append(into)
            into = value
            keyed = True
        elif kind == "[":
            stack.append(into)
            into = value
            keyed = False
    return roots


def builder(shape, *keys):
    """A function of the values alone that makes what build would: a literal with the keys in it."""
    take = iter(keys).__next__
    code = []
    open_brackets = [""]
    count = 0
    for kind in shape:
        if kind == "}" or kind == "]":
            open_brackets.pop()
            code.append(kind + ",")
            continue
        if open_brackets[-1] == "{":
            code.append("%r:" % take())
        if kind == "{" or kind == "[":
            open_brackets.append(kind)
            code.append(kind)
        elif kind == "n":
            code.append("None,")
        else:
            code.append(f"a{count}," if kind == "v" else f"int(a{count}, 16),")
            count += 1
    parameters = ",".join(f"a{i}" for i in range(count))
    return eval(f"lambda {parameters}: ({''.join(code)})", {"int": int})


class _Flat:
    """The opposite of build, for what a script returns. What JSON cannot say becomes text, and warnings say so."""

    def __init__(self):
        self.shape = []
        self.row = []
        self.warnings = []

    def add(self, value, path, depth):
        kind = type(value)
        if kind is str or kind is bool:
            self._leaf(value)
        elif value is None:
            self.shape.append("n")
        elif kind is int:
            self._int(value)
        elif kind is float:
            self._float(value)
        elif depth > MAX_DEPTH:
            raise Unreadable(f"{path} is more than {MAX_DEPTH} levels deep")
        elif kind is dict or isinstance(value, dict):
            self.shape.append("{")
            for key, item in value.items():
                self.row.append(key if type(key) is str else self._key(key, path))
                self.add(item, f"{path}.{key[:MAX_KEY_SHOWN]}" if type(key) is str else path, depth + 1)
            self.shape.append("}")
        elif kind is list:
            self._list(value, path, depth)
        else:
            self._other(value, path, depth)
        if len(self.shape) > MAX_VALUES:
            raise Unreadable(f"outputs have more than {MAX_VALUES} values")

    def _other(self, value, path, depth):
        enum, decimal = sys.modules.get("enum"), sys.modules.get("decimal")
        if enum is not None and isinstance(value, enum.Enum):
            self.add(value.value, path, depth + 1)
        elif isinstance(value, str):
            self._leaf(str.__str__(value))
        elif isinstance(value, int):
            self._int(int(value))
        elif isinstance(value, float):
            self._float(float(value))
        elif decimal is not None and isinstance(value, decimal.Decimal):
            if value.is_finite():
                self.shape.append("d")
                self.row.append(str(value))
            else:
                self._leaf(str(value))
        elif isinstance(value, (bytes, bytearray, memoryview)):
            self._leaf(bytes(value).hex())
        elif callable(getattr(value, "isoformat", None)):
            self._leaf(str(value.isoformat()))
        elif isinstance(value, (set, frozenset)):
            self._warn(path, value, "in no particular order")
            self._list(sorted(value, key=repr), path, depth)
        elif hasattr(value, "__iter__"):
            self._list(value, path, depth)
        else:
            self._warn(path, value, "as text")
            self._leaf(_text(value))

    def _list(self, items, path, depth):
        self.shape.append("[")
        for i, item in enumerate(items):
            self.add(item, f"{path}[{i}]", depth + 1)
        self.shape.append("]")

    def _key(self, key, path):
        if not isinstance(key, (str, int)):
            self._warn(path, key, "as text of a key")
        return _text(key)

    def _warn(self, path, value, how):
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(f"{path} is of type {type(value).__name__}, told {how}"[:MAX_TEXT])

    def _leaf(self, value):
        self.shape.append("v")
        self.row.append(value)

    def _float(self, value):
        # JSON has neither NaN nor infinities.
        if value - value == 0.0:
            self.shape.append("f")
            self.row.append(value)
        else:
            self._leaf(str(value))

    def _int(self, value):
        if -(2**63) <= value < 2**63:
            self._leaf(value)
        elif value.bit_length() > MAX_BITS:
            self._leaf(f"an integer of {value.bit_length()} bits")
        else:
            self.shape.append("I")
            self.row.append(format(value, "x"))


def _text(value):
    try:
        text = str(value)
    except BaseException:  # noqa: B902, the script's own __str__ may raise anything
        text = f"<{type(value).__name__}>"
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def describe(error, ref):
    """`ValueError: text (ref line 42)`: the innermost line that is the script's own."""
    name = type(error).__name__
    line = None
    if isinstance(error, SyntaxError) and error.filename == ref:
        text, line = str(error.msg), error.lineno
    else:
        try:
            text = str(error)
        except BaseException:  # noqa: B902, the script's own __str__ may raise anything
            text = ""
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == ref:
                line = trace.tb_lineno
            trace = trace.tb_next
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT] + "…"
    said = f"{name}: {text}" if text else name
    return f"{said} ({ref} line {line})" if line else f"{said} ({ref})"


def _function(module, name, arguments=2):
    """The function, and whether it takes the config, the last of its arguments; None if the script has no such function."""
    found = module.__dict__.get(name)
    if found is None:
        return None
    if not callable(found):
        raise TypeError(f"{name} must be a function but is {type(found).__name__}")
    count = _positional(found, 8)
    return (found, count is None or count >= arguments)


def _positional(function, depth):
    """How many arguments it takes by position, as Python's own `inspect.signature` reads it; None: as many as one likes."""
    if depth == 0:
        return None
    code = getattr(function, "__code__", None)
    bound_to = getattr(function, "__func__", None)
    if bound_to is not None:
        count = _positional(bound_to, depth - 1)
        return None if count is None else count - 1
    if code is not None:
        if not code.co_flags & 0x04:
            return code.co_argcount
        # A decorator's wrapper, made with functools.wraps, takes what the function in it takes.
        wrapped = getattr(function, "__wrapped__", None)
        return None if wrapped is None else _positional(wrapped, depth - 1)
    partial = getattr(function, "func", None)
    if partial is not None and isinstance(getattr(function, "args", None), tuple):
        count = _positional(partial, depth - 1)
        return None if count is None else count - len(function.args)
    call = getattr(type(function), "__call__", None)
    if getattr(call, "__code__", None) is not None:
        count = _positional(call, depth - 1)
        return None if count is None else count - 1
    return None


def load(ref, source, effects, protos=None):
    """A Script, or why there is none. Effects are what its calls may change, as ScriptEffects writes them."""
    global _modules_before
    try:
        script = Script()
        script.ref = ref
        script.protos = protos
        script.name = _module_name(ref)
        script.code = compile(source, ref, "exec", dont_inherit=True)
        script.module = script.state = script.shared = None
        script.changes, script.exposed = (frozenset(names.split()) for names in effects.split(";"))
        script.is_stale = False
        enter(script)
        _modules_before = len(sys.modules)
        _run(script)
        if script.format is None and script.parse is None:
            return f"the script has neither format_command nor parse ({ref})"
        return script
    except BaseException as error:  # noqa: B902, SystemExit of a script is a failure like any other
        return describe(error, ref)


def format_command(script, limit, how, *row):
    """How is a shape or a builder. bytes; None; an int: so many bytes, too many; a str: E and an error, T and a wrong type, M if there is no function."""
    global _modules_before
    try:
        enter(script)
        _modules_before = len(sys.modules)
        if script.format is None:
            return "M"
        command, config = build(how, row) if type(how) is str else how(*row)
        function, takes_config = script.format
        result = function(command, config) if takes_config else function(command)
        if result is None:
            return None
        if type(result) is not bytes:
            kind = type(result).__name__
            if isinstance(result, str):
                return "T" + kind
            try:
                result = bytes(result) if isinstance(result, (list, tuple)) else memoryview(result).tobytes()
            except ValueError:
                return f"Ta {kind} with a number that is no byte"
            except TypeError:
                return "T" + kind
        return result if len(result) <= limit else len(result)
    except BaseException as error:  # noqa: B902
        return "E" + describe(error, script.ref)
    finally:
        leave(script)


def parse(script, how, *row):
    """How is a shape or a builder. [device id or None, error or None, shape, values...]"""
    global _modules_before
    device_id = None
    try:
        enter(script)
        _modules_before = len(sys.modules)
        payload, config = build(how, row) if type(how) is str else how(*row)
        payload = payload.encode("latin-1")
        if script.device_id is not None:
            function, takes_config = script.device_id
            device_id = function(payload, config) if takes_config else function(payload)
            if device_id is not None and not isinstance(device_id, str):
                kind = type(device_id).__name__
                return [None, f"device_id must return a str but returned {kind}", ""]
        if script.parse is None:
            return [device_id, f"the script has no function parse ({script.ref})", ""]
        function, takes_config = script.parse
        return [device_id, None] + _dicts("parse", "outputs", function(payload, config) if takes_config else function(payload))
    except Unreadable as error:
        return [device_id, str(error), ""]
    except BaseException as error:  # noqa: B902
        return [device_id if isinstance(device_id, str) else None, describe(error, script.ref), ""]
    finally:
        leave(script)


def _dicts(name, they, found):
    """What a function returned that must be a list of dicts: shape, values..., with the warnings last."""
    if isinstance(found, (dict, str, bytes)) or not hasattr(found, "__iter__"):
        raise Unreadable(f"{name} must return a list of dicts but returned {type(found).__name__}")
    flat = _Flat()
    for i, item in enumerate(found):
        if not isinstance(item, dict):
            raise Unreadable(f"{name} must return a list of dicts but {they}[{i}] is {type(item).__name__}")
        flat.add(item, f"{they}[{i}]", 0)
    warnings = flat.warnings
    flat.add(warnings, "warnings", 0)
    return ["".join(flat.shape)] + flat.row


def match_reply(script, how, *row):
    """How is a shape or a builder. [error or None, shape, values...]"""
    global _modules_before
    try:
        enter(script)
        _modules_before = len(sys.modules)
        if script.match_reply is None:
            return [f"the script has no function match_reply ({script.ref})", ""]
        outputs, awaiting, config = build(how, row) if type(how) is str else how(*row)
        function, takes_config = script.match_reply
        replies = function(outputs, awaiting, config) if takes_config else function(outputs, awaiting)
        return [None] + _dicts("match_reply", "replies", [] if replies is None else replies)
    except Unreadable as error:
        return [str(error), ""]
    except BaseException as error:  # noqa: B902
        return [describe(error, script.ref), ""]
    finally:
        leave(script)


def device_id(script, shape, *values):
    """[device id or None, error or None], for an example of device_id alone."""
    try:
        enter(script)
        payload, config = build(shape, values)
        if script.device_id is None:
            return [None, f"the script has no function device_id ({script.ref})"]
        function, takes_config = script.device_id
        payload = payload.encode("latin-1")
        found = function(payload, config) if takes_config else function(payload)
        if found is not None and not isinstance(found, str):
            return [None, f"device_id must return a str but returned {type(found).__name__}"]
        return [found, None]
    except BaseException as error:  # noqa: B902
        return [None, describe(error, script.ref)]
    finally:
        leave(script)


def is_intact():
    """Whether no import was cut short: a half-imported module would stay broken for every later script."""
    return len(sys.modules) == _modules_before


# `import __main__` in a script finds an empty module, and not this one.
sys.modules["__main__"] = ModuleType("__main__")
