"""What a call leaves behind in its own script, put back, so that no call sees what another one did.

A script's state is all that its module reaches and that is its own: globals, containers in them, attributes of functions,
classes and objects, cells of closures. It is noted when the script is loaded and compared after each call, which for most
scripts takes microseconds. What cannot be compared, such as an iterator, makes a script that is loaded anew for each call.
"""

import sys
from operator import is_ as _is

_PLAIN = frozenset((int, str, float, bool, bytes, complex, type(None), range, slice, type(...), type(NotImplemented)))

# Types that are not the script's own and whose objects never change, by the module they are of.
_UNCHANGING_MODULES = frozenset(
    "__main__ _collections _datetime _decimal _functools _operator _pydecimal _sre _struct _thread abc array collections "
    "dataclasses datetime decimal enum fractions functools ipaddress json.decoder json.encoder logging operator re struct "
    "types typing uuid zoneinfo".split()
)
_UNCHANGING_BUILTINS = frozenset(
    "builtin_function_or_method cell classmethod_descriptor code ellipsis getset_descriptor mappingproxy "
    "member_descriptor method_descriptor module object wrapper_descriptor".split()
)
# Bases that keep nothing of an object beside its attributes and items.
_OPEN_BASES = frozenset("_collections _collections_abc abc builtins collections collections.abc dataclasses enum typing".split())
_MISSING = object()
_IS_HEAP_TYPE = 1 << 9
# What exec puts into the globals.
_BUILTINS = sys.modules["builtins"].__dict__

FunctionType = type(lambda: None)
MethodType = type(type("C", (), {"f": lambda self: None})().f)
_CellType = type((lambda x: lambda: x)(0).__closure__[0])
_NativeMethodType = type([].append)
_WrapperType = type([].__len__)


class State:
    """What a loaded script reached, and what was in it."""

    __slots__ = (
        "names", "dicts", "attributes", "foreign_attributes", "sequences", "sets", "deques", "slots", "classes", "functions",
        "function_attributes", "cells", "caches", "is_opaque", "may_change", "_module", "_seen", "_keeps_containers",
        "_keeps_attributes",
    )

    def __init__(self, module, changes, exposed):
        """@param changes names of what calls may change, exposed of classes and functions: the rest is not compared"""
        self.names = []
        self.dicts = []
        self.attributes = []
        self.foreign_attributes = []
        self.sequences = []
        self.sets = []
        self.deques = []
        self.slots = []
        self.classes = []
        self.functions = []
        self.function_attributes = []
        self.cells = []
        self.caches = []
        self.is_opaque = False
        self._keeps_containers = "containers" in changes
        self._keeps_attributes = "objects" in changes
        self._module = module
        self._seen = {id(_BUILTINS): _BUILTINS}
        self._note(module.__dict__)
        # Held for as long as addresses were compared.
        self._seen = None
        if "names" not in changes:
            self.names.clear()
        if not self._keeps_containers:
            for containers in (self.dicts, self.sequences, self.sets, self.deques):
                containers.clear()
        if not self._keeps_attributes:
            self.attributes.clear()
            self.slots.clear()
        if "*" not in exposed:
            self.classes = [entry for entry in self.classes if entry[0].__name__ in exposed]
            self.functions = [function for function in self.functions if function.__name__ in exposed]
        if "classes" not in changes:
            self.function_attributes.clear()
        if "cells" not in changes:
            self.cells.clear()
        self.may_change = self.is_opaque or any(
            (
                self.names, self.dicts, self.attributes, self.foreign_attributes, self.sequences, self.sets, self.deques, self.slots, self.classes,
                self.functions, self.function_attributes, self.cells, self.caches,
            )
        )

    def _note(self, names):
        self._seen[id(names)] = names
        stack = []
        self._dict(names, stack, self.names)
        while stack:
            value = stack.pop()
            kind = type(value)
            if kind in _PLAIN or id(value) in self._seen:
                continue
            self._seen[id(value)] = value
            if kind is FunctionType:
                self._function(value, stack)
            elif kind is dict:
                self._dict(value, stack, self.dicts)
            elif kind is list or kind is bytearray:
                self.sequences.append((value, kind(value)))
                self._items(value, stack)
            elif kind is tuple or kind is frozenset:
                self._items(value, stack)
            elif kind is set:
                self.sets.append((value, kind(value)))
                self._items(value, stack)
            elif isinstance(value, type):
                if self._is_own(value):
                    self._class(value, stack)
            elif kind is _CellType:
                self._cell(value, stack)
            elif kind is MethodType:
                stack.append(value.__func__)
                stack.append(value.__self__)
            elif kind is _NativeMethodType or kind is _WrapperType:
                # Such as `add = all.append`.
                if not isinstance(value.__self__, (type, type(sys))):
                    self._keeps_containers = True
                    stack.append(value.__self__)
            elif kind is staticmethod or kind is classmethod:
                stack.append(value.__func__)
            elif kind is property:
                stack.extend((value.fget, value.fset, value.fdel))
            else:
                self._object(value, kind, stack)

    def _is_own(self, kind):
        return kind.__module__ == self._module.__name__

    @staticmethod
    def _items(items, stack):
        # Tables are long and most hold nothing but numbers.
        if not _PLAIN.issuperset(map(type, items)):
            stack.extend(items)

    def _dict(self, value, stack, kept):
        kept.append((value, dict(value), list(value)))
        self._items(list(dict.keys(value)), stack)
        self._items(list(dict.values(value)), stack)

    def _attributes(self, value, stack, kept):
        attributes = getattr(value, "__dict__", None)
        if attributes is not None and id(attributes) not in self._seen:
            self._seen[id(attributes)] = attributes
            self._dict(attributes, stack, kept)

    def _function(self, value, stack):
        stack.append(value.__defaults__)
        stack.append(value.__kwdefaults__)
        stack.append(value.__closure__)
        if hasattr(value, "cache_clear"):
            self.caches.append(value)
        if value.__dict__:
            self._attributes(value, stack, self.function_attributes)
        else:
            self.functions.append(value)

    def _cell(self, value, stack):
        try:
            content = value.cell_contents
        except ValueError:
            return
        self.cells.append((value, content))
        stack.append(content)

    def _class(self, value, stack):
        attributes = dict(vars(value))
        self.classes.append((value, attributes))
        for name, attribute in attributes.items():
            if not name.startswith("_abc_"):
                stack.append(attribute)

    def _object(self, value, kind, stack):
        name = (kind.__module__, kind.__name__)
        if isinstance(value, dict):
            self._dict(value, stack, self.dicts)
            # Reading changes it.
            self._keeps_containers = self._keeps_containers or name == ("collections", "defaultdict")
        elif isinstance(value, (list, bytearray)) or name == ("array", "array"):
            self.sequences.append((value, value[:]))
            self._items(list(value), stack)
        elif name == ("collections", "deque"):
            self.deques.append((value, list(value)))
            self._items(list(value), stack)
        elif isinstance(value, set):
            self.sets.append((value, set(value)))
            self._items(set(value), stack)
        if self._is_own(kind):
            for base in kind.__mro__:
                if not self._is_own(base) and base.__module__ not in _OPEN_BASES:
                    self.is_opaque = True
                self._slots(value, base, stack)
            if "enum" not in sys.modules or not isinstance(value, sys.modules["enum"].Enum):
                self._attributes(value, stack, self.attributes)
        elif name == ("types", "SimpleNamespace"):
            self._attributes(value, stack, self.attributes)
        elif name == ("functools", "cached_property"):
            self._keeps_attributes = True
            stack.append(value.func)
        elif name == ("functools", "partial"):
            stack.extend((value.func, value.args, value.keywords))
        elif name == ("functools", "_lru_cache_wrapper"):
            self.caches.append(value)
            stack.append(value.__wrapped__)
        elif hasattr(value, "SerializeToString"):
            self.is_opaque = True
        elif kind.__module__ == "builtins":
            self.is_opaque = self.is_opaque or kind.__name__ not in _UNCHANGING_BUILTINS
        elif kind.__module__ not in _UNCHANGING_MODULES and type(kind).__module__ not in _UNCHANGING_MODULES:
            if all(base.__flags__ & _IS_HEAP_TYPE for base in kind.__mro__[:-1]):
                # Its methods change it, whatever the script's text says.
                self._attributes(value, stack, self.foreign_attributes)
            else:
                self.is_opaque = True

    def _slots(self, value, base, stack):
        names = base.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if name not in ("__dict__", "__weakref__"):
                content = getattr(value, name, _MISSING)
                self.slots.append((value, name, content))
                stack.append(content)

    def put_back(self):
        """After a call: everything as it was after loading."""
        for kept in (self.names, self.dicts, self.attributes, self.foreign_attributes, self.function_attributes):
            for value, copy, order in kept:
                if not (_is_same(dict.values(value), copy.values()) and _is_same(dict.keys(value), order)):
                    dict.clear(value)
                    dict.update(value, {key: copy[key] for key in order})
        for value, copy in self.sequences:
            if not _is_same(value, copy):
                value[:] = copy
        for value, copy in self.deques:
            if not _is_same(value, copy):
                value.clear()
                value.extend(copy)
        for value, copy in self.sets:
            if value != copy:
                set.clear(value)
                set.update(value, copy)
        for cell, content in self.cells:
            if cell.cell_contents is not content:
                cell.cell_contents = content
        for value, copy in self.classes:
            if not _is_same(vars(value).values(), copy.values()):
                _put_class_back(value, copy)
        for value, name, content in self.slots:
            if getattr(value, name, _MISSING) is not content:
                _put_slot_back(value, name, content)
        for function in self.functions:
            if function.__dict__:
                function.__dict__.clear()
        for cache in self.caches:
            cache.cache_clear()


class Unknown:
    """The state of a script that defies a look at it."""

    __slots__ = ()
    may_change = is_opaque = True


def note(module, changes, exposed):
    """The module's State, or Unknown: its objects have a say in it."""
    try:
        return State(module, changes, exposed)
    except Exception:  # noqa: B902
        return Unknown()


def _is_same(items, others):
    """The very same objects: what is only equal may be something else, such as True for 1, and may say what it likes."""
    return len(items) == len(others) and all(map(_is, items, others))


class SharedState:
    """What a script that is alone in its context may change beyond itself: modules, their classes, containers and settings."""

    __slots__ = ("modules", "dicts", "classes", "containers", "decimal")

    def __init__(self):
        self.modules = dict(sys.modules)
        self.dicts = []
        self.classes = []
        self.containers = []
        self.decimal = _decimal_context()
        seen = set()
        for module in self.modules.values():
            names = getattr(module, "__dict__", None)
            if type(names) is not dict or id(names) in seen:
                continue
            seen.add(id(names))
            self.dicts.append((names, dict(names)))
            for value in list(names.values()):
                if id(value) in seen or value is sys.modules:
                    continue
                seen.add(id(value))
                if isinstance(value, type):
                    if value.__flags__ & _IS_HEAP_TYPE:
                        self.classes.append((value, dict(vars(value))))
                elif type(value) in (list, dict, set):
                    self.containers.append((value, type(value)(value)))

    def put_back(self):
        for name in list(sys.modules):
            now, before = sys.modules[name], self.modules.get(name)
            if now is not before and (before is not None or getattr(now, "__name__", None) != name):
                _put_item_back(sys.modules, name, before)
        for value, copy in self.dicts:
            if not _is_same(value.values(), copy.values()):
                _put_dict_back(value, copy)
        for value, copy in self.classes:
            if not _is_same(vars(value).values(), copy.values()):
                _put_class_back(value, copy)
        for value, copy in self.containers:
            if value != copy:
                value.clear()
                (value.extend if type(value) is list else value.update)(copy)
        if self.decimal is not None:
            context = sys.modules["decimal"].getcontext()
            if repr(context) != repr(self.decimal):
                sys.modules["decimal"].setcontext(self.decimal.copy())


def _decimal_context():
    decimal = sys.modules.get("decimal")
    return None if decimal is None else decimal.getcontext().copy()


def _put_item_back(value, key, before):
    if before is None:
        del value[key]
    else:
        value[key] = before


def _put_dict_back(value, copy):
    for name in set(value).difference(copy):
        del value[name]
    for name, item in copy.items():
        if value.get(name, _MISSING) is not item:
            value[name] = item


def _put_class_back(value, copy):
    for name in set(vars(value)).difference(copy):
        type.__delattr__(value, name)
    now = vars(value)
    for name, attribute in copy.items():
        if now.get(name, _MISSING) is not attribute:
            type.__setattr__(value, name, attribute)


def _put_slot_back(value, name, content):
    if content is _MISSING:
        object.__delattr__(value, name)
    else:
        object.__setattr__(value, name, content)
