"""Message classes like Google's for `import x_pb2`: state and checks here, the wire format in protobuf-java."""

import math
import struct
import sys

# Without importing importlib and types, which takes longer than all of this file.
ModuleSpec, ModuleType = type(sys.__spec__), type(sys)


class Error(Exception):
    pass


class EncodeError(Error):
    pass


class DecodeError(Error):
    pass


_RANGES = {
    "i32": (-(2**31), 2**31 - 1),
    "i64": (-(2**63), 2**63 - 1),
    "u32": (0, 2**32 - 1),
    "u64": (0, 2**64 - 1),
}
_ZERO = {"i32": 0, "i64": 0, "u32": 0, "u64": 0, "f": 0.0, "d": 0.0, "b": False, "s": "", "y": b"", "e": 0}


class Field:
    __slots__ = (
        "number", "name", "full_name", "kind", "label", "presence", "oneof", "default_value", "type_name",
        "message_type", "enum_type", "key", "value", "containing", "has_default_value",
    )  # fmt: skip

    @property
    def is_repeated(self):
        return self.label != "one"


class Descriptor:
    def __init__(self, full_name, name):
        self.full_name, self.name = full_name, name
        self.fields, self.fields_by_name, self.oneofs = [], {}, {}
        self.is_entry = False
        self.syntax = "proto3"
        self.required = []
        self._may_miss = None

    def may_miss(self):
        """Whether a message of this type, or one in it, has required fields; proto3 has none."""
        if self._may_miss is None:
            seen = {}
            look = [self]
            while look:
                type_ = look.pop()
                if type_.full_name not in seen:
                    seen[type_.full_name] = type_
                    look.extend(field.message_type.DESCRIPTOR for field in type_.fields if field.message_type)
            self._may_miss = any(type_.required for type_ in seen.values())
        return self._may_miss


class EnumType:
    """The wrapper that Google's modules have under an enum's name."""

    def __init__(self, full_name, name, closed):
        self.full_name, self.name, self.closed = full_name, name, closed
        self._by_name, self._by_number = {}, {}
        self.DESCRIPTOR = self

    def _add(self, name, number):
        self._by_name[name] = number
        self._by_number.setdefault(number, name)

    def Name(self, number):
        if not isinstance(number, int):
            raise TypeError(f"Enum value for {self.name} must be an int, but got {type(number)} {number!r}.")
        if number not in self._by_number:
            raise ValueError(f"Enum {self.name} has no name defined for value {number!r}")
        return self._by_number[number]

    def Value(self, name):
        if name not in self._by_name:
            raise ValueError(f"Enum {self.name} has no value defined for name {name!r}")
        return self._by_name[name]

    def keys(self):
        return list(self._by_name)

    def values(self):
        return list(self._by_name.values())

    def items(self):
        return list(self._by_name.items())

    def __getattr__(self, name):
        try:
            return self.__dict__["_by_name"][name]
        except KeyError:
            raise AttributeError(f"Enum {self.__dict__.get('name')} has no value defined for name {name!r}") from None


def _checked(field, value):
    kind = field.kind
    if kind in _RANGES:
        if type(value) is not int:
            if isinstance(value, (str, bytes, bool)) or not hasattr(value, "__index__"):
                raise _wrong(field, value, "int")
            value = value.__index__()
            value = int(value)
        low, high = _RANGES[kind]
        if not low <= value <= high:
            raise ValueError(f"Value out of range: {value}")
        return value
    if kind == "s":
        if isinstance(value, bytes):
            return value.decode("utf-8")
        if not isinstance(value, str):
            raise _wrong(field, value, "bytes, str")
        value.encode("utf-8")
        return str(value)
    if kind == "y":
        if not isinstance(value, bytes):
            raise _wrong(field, value, "bytes")
        return bytes(value)
    if kind == "b":
        if not hasattr(value, "__index__"):
            raise _wrong(field, value, "bool, int")
        value = value.__index__()
        if not -(2**63) <= value < 2**63:
            raise OverflowError("Python int too large to convert to C long")
        return value != 0
    if kind == "e":
        if isinstance(value, str):
            value.encode("utf-8")
            number = field.enum_type._by_name.get(value)
            if number is None:
                raise ValueError(f'unknown enum label "{value}"')
            return number
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise _wrong(field, value, "int")
        value = int(value.__index__())
        if not -(2**31) <= value <= 2**31 - 1:
            raise ValueError(f"Value out of range: {value}")
        if field.enum_type.closed and value not in field.enum_type._by_number:
            raise ValueError(f"invalid enumerator {value}")
        return value
    if isinstance(value, (str, bytes)) or not (hasattr(value, "__float__") or hasattr(value, "__index__")):
        raise _wrong(field, value, "int, float")
    value = float(value)
    if kind == "f" and math.isfinite(value):
        try:
            value = struct.unpack("<f", struct.pack("<f", value))[0]
        except OverflowError:
            value = math.copysign(math.inf, value)
    return value


def _wrong(field, value, expected):
    return TypeError(
        f"Cannot set {field.full_name} to {value!r}: {value!r} has type {type(value)}, but expected one of: ({expected})"
    )


class Repeated(list):
    """A repeated field; adding to it makes the message it belongs to present."""

    __slots__ = ("_owner", "_field")

    def __init__(self, owner, field):
        super().__init__()
        self._owner, self._field = owner, field

    def _check(self, value):
        field = self._field
        if field.kind != "m":
            return _checked(field, value)
        if not isinstance(value, field.message_type):
            raise TypeError(f"Parameter to append() must be instance of same class: expected {field.type_name}")
        copy = field.message_type()
        copy.CopyFrom(value)
        return copy

    def append(self, value):
        list.append(self, self._check(value))
        self._owner._changed()

    def add(self, **values):
        if self._field.kind != "m":
            raise AttributeError("a repeated field of scalars has no add(), use append()")
        message = self._field.message_type(**values)
        list.append(self, message)
        self._owner._changed()
        return message

    def extend(self, values):
        checked = [self._check(value) for value in (values or ())]
        list.extend(self, checked)
        if checked:
            self._owner._changed()

    MergeFrom = extend

    def insert(self, at, value):
        list.insert(self, at, self._check(value))
        self._owner._changed()

    def __iadd__(self, values):
        self.extend(values)
        return self

    def __setitem__(self, at, value):
        if self._field.kind == "m":
            raise TypeError("a repeated field of messages does not support item assignment")
        if isinstance(at, slice):
            list.__setitem__(self, at, [self._check(item) for item in value])
        else:
            list.__setitem__(self, at, self._check(value))
        self._owner._changed()

    def __deepcopy__(self, memo):
        return list(self)


class Map(dict):
    """A map field; a missing message is made by reading it, as in Google's."""

    __slots__ = ("_owner", "_field")

    def __init__(self, owner, field):
        super().__init__()
        self._owner, self._field = owner, field

    def __missing__(self, key):
        key = _checked(self._field.key, key)
        value = self._field.value
        made = value.message_type() if value.kind == "m" else value.default_value
        dict.__setitem__(self, key, made)
        self._owner._changed()
        return made

    get_or_create = dict.__getitem__

    def __setitem__(self, key, item):
        if self._field.value.kind == "m":
            raise ValueError("May not set values directly, call my_map[key].foo = 5")
        dict.__setitem__(self, _checked(self._field.key, key), _checked(self._field.value, item))
        self._owner._changed()

    def update(self, *others, **named):
        for key, item in dict(*others, **named).items():
            if self._field.value.kind == "m":
                self[key].CopyFrom(item)
            else:
                self[key] = item

    def MergeFrom(self, other):
        self.update(other)

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def __deepcopy__(self, memo):
        return dict(self)


class Message:
    __slots__ = ("_set", "_unset", "_up", "_unknown")
    DESCRIPTOR = None

    def __init__(self, **values):
        object.__setattr__(self, "_set", {})
        object.__setattr__(self, "_unset", {})
        object.__setattr__(self, "_up", None)
        object.__setattr__(self, "_unknown", "")
        for name, value in values.items():
            field = self.DESCRIPTOR.fields_by_name.get(name)
            if field is None:
                raise ValueError(f'Protocol message {self.DESCRIPTOR.name} has no "{name}" field.')
            if value is None:
                continue
            self._fill(field, value)

    def _fill(self, field, value):
        if field.label == "map":
            getattr(self, field.name).update(value)
        elif field.label == "many":
            target = getattr(self, field.name)
            for item in value:
                if field.kind == "m" and isinstance(item, dict):
                    target.add(**item)
                else:
                    target.append(item)
        elif field.kind == "m":
            child = getattr(self, field.name)
            if isinstance(value, dict):
                child.MergeFrom(field.message_type(**value))
            else:
                child.MergeFrom(value)
            child._changed()
        else:
            self._assign(field, value)

    def __setattr__(self, name, value):
        field = self.DESCRIPTOR.fields_by_name.get(name)
        if field is None:
            raise AttributeError(f'Assignment not allowed (no field "{name}" in protocol message object).')
        if field.label != "one" or field.kind == "m":
            raise AttributeError(
                f'Assignment not allowed to message, map, or repeated field "{name}" in protocol message object.'
            )
        self._assign(field, value)

    def _assign(self, field, value):
        value = _checked(field, value)
        if field.presence or value != field.default_value or (value == 0 and _negative_zero(value)):
            self._put(field, value)
        else:
            self._set.pop(field.name, None)
            self._changed()

    def _put(self, field, value):
        if field.oneof:
            for other in self.DESCRIPTOR.oneofs[field.oneof]:
                if other is not field:
                    self._drop(other)
        self._set[field.name] = value
        self._changed()

    def _drop(self, field):
        for held in (self._set.pop(field.name, None), self._unset.pop(field.name, None)):
            if isinstance(held, Message):
                object.__setattr__(held, "_up", None)

    def _changed(self):
        up = self._up
        if up is not None:
            parent, field = up
            object.__setattr__(self, "_up", None)
            parent._unset.pop(field.name, None)
            parent._put(field, self)

    def _get(self, field):
        found = self._set.get(field.name)
        if found is not None:
            return found
        if field.label == "one" and field.kind != "m":
            return field.default_value
        if field.label == "many":
            made = self._set[field.name] = Repeated(self, field)
        elif field.label == "map":
            made = self._set[field.name] = Map(self, field)
        else:
            made = self._unset.get(field.name)
            if made is None:
                made = self._unset[field.name] = field.message_type()
                object.__setattr__(made, "_up", (self, field))
        return made

    def _present(self, field):
        found = self._set.get(field.name)
        return found is not None and (field.label == "one" or len(found) > 0)

    def _field(self, name):
        field = self.DESCRIPTOR.fields_by_name.get(name)
        if field is None:
            raise ValueError(f'Protocol message {self.DESCRIPTOR.name} has no "{name}" field.')
        return field

    def HasField(self, name):
        if name in self.DESCRIPTOR.oneofs:
            return self.WhichOneof(name) is not None
        field = self._field(name)
        if field.label != "one" or not field.presence:
            raise ValueError(f'Can\'t test non-optional, non-submessage field "{field.full_name}" for presence.')
        return self._present(field)

    def WhichOneof(self, name):
        members = self.DESCRIPTOR.oneofs.get(name)
        if members is None:
            raise ValueError(f'Protocol message {self.DESCRIPTOR.name} has no oneof "{name}" field.')
        for field in members:
            if field.name in self._set:
                return field.name
        return None

    def ClearField(self, name):
        for field in self.DESCRIPTOR.oneofs.get(name) or (self._field(name),):
            self._drop(field)
        self._changed()

    def Clear(self):
        for held in (self._set, self._unset):
            for value in held.values():
                if isinstance(value, Message):
                    object.__setattr__(value, "_up", None)
            held.clear()
        object.__setattr__(self, "_unknown", "")
        self._changed()

    def SetInParent(self):
        self._changed()

    def ListFields(self):
        """What is set, by number; looks at what is there and not at every field there could be."""
        held = self._set
        by_name = self.DESCRIPTOR.fields_by_name
        found = [(by_name[name], value) for name, value in held.items()]
        if len(found) > 1:
            found.sort(key=_number)
        return [pair for pair in found if pair[0].label == "one" or len(pair[1]) > 0]

    def MergeFrom(self, other):
        if type(other) is not type(self):
            raise TypeError(
                f"Parameter to MergeFrom() must be instance of same class: expected {self.DESCRIPTOR.full_name} "
                f"got {type(other).__name__}."
            )
        for field, value in other.ListFields():
            if field.label != "one":
                getattr(self, field.name).MergeFrom(value)
            elif field.kind == "m":
                child = getattr(self, field.name)
                child.MergeFrom(value)
                child._changed()
            else:
                self._put(field, value)
        if other._unknown:
            object.__setattr__(self, "_unknown", self._unknown + other._unknown)
            self._changed()

    def CopyFrom(self, other):
        if other is not self:
            if type(other) is not type(self):
                raise TypeError(
                    f"Parameter to CopyFrom() must be instance of same class: expected {self.DESCRIPTOR.full_name} "
                    f"got {type(other).__name__}."
                )
            self.Clear()
            self.MergeFrom(other)
            self._changed()

    def _missing(self, prefix=""):
        if not self.DESCRIPTOR.may_miss():
            return []
        missing = [prefix + field.name for field in self.DESCRIPTOR.required if field.name not in self._set]
        for field, value in self.ListFields():
            if field.kind == "m" and field.label == "one":
                missing += value._missing(f"{prefix}{field.name}.")
            elif field.kind == "m" and field.label == "many":
                for i, item in enumerate(value):
                    missing += item._missing(f"{prefix}{field.name}[{i}].")
        return missing

    def IsInitialized(self):
        return not self._missing()

    def FindInitializationErrors(self):
        return self._missing()

    def SerializeToString(self, deterministic=None):
        missing = self._missing()
        if missing:
            raise EncodeError(
                f"Message {self.DESCRIPTOR.full_name} is missing required fields: {','.join(missing)}"
            )
        return self.SerializePartialToString()

    def SerializePartialToString(self, deterministic=None):
        row = []
        self._flatten(row)
        return self._protos.serialize(self.DESCRIPTOR.full_name, *row).encode("latin-1")

    def _flatten(self, row):
        fields = self.ListFields()
        row.append(len(fields) + (1 if self._unknown else 0))
        for field, value in fields:
            row.append(field.number)
            if field.label == "one":
                _flatten(field, value, row)
            elif field.label == "many":
                row.append(len(value))
                for item in value:
                    _flatten(field, item, row)
            else:
                row.append(len(value))
                # Always, not only if deterministic: nobody is helped by other bytes for the same map.
                for key, item in sorted(value.items(), key=_map_order):
                    _flatten(field.key, key, row)
                    _flatten(field.value, item, row)
        if self._unknown:
            row.append(0)
            row.append(self._unknown)

    def ParseFromString(self, data):
        self.Clear()
        return self.MergeFromString(data)

    def MergeFromString(self, data):
        if isinstance(data, str) or not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'")
        data = bytes(data)
        row = self._protos.parse(self.DESCRIPTOR.full_name, data.decode("latin-1"))
        if isinstance(row, str):
            raise DecodeError(row)
        if self._set or self._unset or self._unknown:
            fresh = type(self)()
            fresh._read(iter(row).__next__)
            self.MergeFrom(fresh)
        else:
            self._read(iter(row).__next__)
        self._changed()
        return len(data)

    @classmethod
    def FromString(cls, data):
        message = cls()
        message.MergeFromString(data)
        return message

    def _read(self, take):
        by_number = self.DESCRIPTOR.by_number
        for _ in range(take()):
            number = take()
            if number == 0:
                object.__setattr__(self, "_unknown", take())
                continue
            field = by_number[number]
            if field.label == "one":
                self._put(field, _read(field, take))
            elif field.label == "many":
                target = self._get(field)
                for _ in range(take()):
                    list.append(target, _read(field, take))
            else:
                target = self._get(field)
                for _ in range(take()):
                    key = _read(field.key, take)
                    dict.__setitem__(target, key, _read(field.value, take))

    def ByteSize(self):
        return len(self.SerializeToString())

    def DiscardUnknownFields(self):
        object.__setattr__(self, "_unknown", "")
        for field, value in self.ListFields():
            if field.kind == "m" and field.label == "one":
                value.DiscardUnknownFields()
            elif field.kind == "m" and field.label == "many":
                for item in value:
                    item.DiscardUnknownFields()

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return [(f.number, v) for f, v in self.ListFields()] == [(f.number, v) for f, v in other.ListFields()]

    __hash__ = None

    def __deepcopy__(self, memo):
        copy = type(self)()
        copy.MergeFrom(self)
        return copy

    __copy__ = None

    def __str__(self):
        lines = []
        _print(self, "", lines)
        return "".join(line + "\n" for line in lines)

    __repr__ = __str__


def _number(pair):
    return pair[0].number


def _map_order(pair):
    """As Google's writes a map deterministically: numbers as unsigned ones downwards, texts upwards, a longer one first."""
    key = pair[0]
    return key.encode("utf-8") + b"\xff" if type(key) is str else -(key % 2**64)


def _negative_zero(value):
    return type(value) is float and math.copysign(1.0, value) < 0


def _flatten(field, value, row):
    kind = field.kind
    if kind == "m":
        value._flatten(row)
    elif kind == "y":
        row.append(value.decode("latin-1"))
    elif kind == "u64" and value >= 2**63:
        row.append(value - 2**64)
    else:
        row.append(value)


def _read(field, take):
    kind = field.kind
    if kind == "m":
        message = field.message_type()
        message._read(take)
        return message
    value = take()
    if kind == "y":
        return value.encode("latin-1")
    if kind == "u64" and value < 0:
        return value + 2**64
    if kind in ("f", "d"):
        return float(value)
    return value


def _print(message, indent, lines):
    for field, value in message.ListFields():
        if field.label == "map":
            for key, _ in sorted(value.items(), key=_map_order, reverse=True):
                lines.append(f"{indent}{field.name} {{")
                lines.append(f"{indent}  key: {_text_format(field.key, key)}")
                _print_one(field.value, "value", value[key], indent + "  ", lines)
                lines.append(indent + "}")
        else:
            for item in value if field.label == "many" else (value,):
                _print_one(field, field.name, item, indent, lines)


def _print_one(field, name, value, indent, lines):
    if field.kind == "m":
        lines.append(f"{indent}{name} {{")
        _print(value, indent + "  ", lines)
        lines.append(indent + "}")
    else:
        lines.append(f"{indent}{name}: {_text_format(field, value)}")


_ESCAPES = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 39: "\\'", 92: "\\\\"}


def _text_format(field, value):
    if field.kind == "e":
        return field.enum_type._by_number.get(value, str(value))
    if field.kind == "b":
        return "true" if value else "false"
    if field.kind in ("s", "y"):
        if field.kind == "s":
            return '"' + "".join(_ESCAPES.get(ord(c)) or (c if c >= " " and c != "\x7f" else f"\\{ord(c):03o}") for c in value) + '"'
        return '"' + "".join(_ESCAPES.get(b) or (chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in value) + '"'
    if field.kind in ("f", "d"):
        if math.isinf(value) or math.isnan(value):
            return repr(value)
        short, exact = (6, 9) if field.kind == "f" else (15, 17)
        text = f"{value:.{short}g}"
        read = float(text)
        if field.kind == "f" and math.isfinite(read) and abs(read) < 3.5e38:
            read = struct.unpack("<f", struct.pack("<f", read))[0]
        return text if read == value else f"{value:.{exact}g}"
    return str(value)


def _property(field):
    def get(self):
        return self._get(field)

    return property(get)


class Protos:
    """The generated modules of one version of a script. Each version has its own, even under the same names."""

    def __init__(self, describe, serialize, parse, print_json, read_json):
        self._describe, self.serialize, self.parse = describe, serialize, parse
        self.print_json, self.read_json = print_json, read_json
        self.modules, self.classes, self.enums = {}, {}, {}

    def spec(self, name):
        if self._describe(name, True) != "yes":
            return None
        return ModuleSpec(name, self)

    def create_module(self, spec):
        return self.modules.get(spec.name) or ModuleType(spec.name)

    def exec_module(self, module):
        name = module.__name__
        if name in self.modules:
            return
        text = self._describe(name, False)
        if text.startswith("!"):
            raise ImportError(text[1:], name=name)
        self.modules[name] = module
        self._define(module, [line.split("\t") for line in text.split("\n") if line])

    def _define(self, module, lines):
        messages, fields = [], []
        for line in lines:
            what = line[0]
            if what == "D":
                __import__(line[1])
                dependency = sys.modules[line[1]]
                if line[2] == "public":
                    module.__dict__.update((k, v) for k, v in vars(dependency).items() if not k.startswith("_"))
            elif what == "E":
                enum = EnumType(line[1], line[2], line[4] == "closed")
                self.enums[line[1]] = enum
                home = self.classes[line[3]] if line[3] else module
                type.__setattr__(home, line[2], enum) if line[3] else setattr(module, line[2], enum)
            elif what == "V":
                enum._add(line[1], int(line[2]))
                type.__setattr__(home, line[1], int(line[2])) if home is not module else setattr(
                    module, line[1], int(line[2])
                )
            elif what == "M":
                descriptor = Descriptor(line[1], line[2])
                descriptor.is_entry = line[4] == "entry"
                descriptor.syntax = line[5]
                made = type(line[2], (Message,), {"__slots__": (), "DESCRIPTOR": descriptor, "_protos": self})
                made.__module__ = module.__name__
                self.classes[line[1]] = made
                messages.append(made)
                if not descriptor.is_entry:
                    type.__setattr__(self.classes[line[3]], line[2], made) if line[3] else setattr(
                        module, line[2], made
                    )
            elif what == "F":
                fields.append(line)
        for line in fields:
            self._field(line)
        for made in messages:
            descriptor = made.DESCRIPTOR
            descriptor.fields.sort(key=lambda f: f.number)
            descriptor.fields_by_name = {f.name: f for f in descriptor.fields}
            descriptor.by_number = {f.number: f for f in descriptor.fields}
            for field in descriptor.fields:
                type.__setattr__(made, field.name, _property(field))
                type.__setattr__(made, field.name.upper() + "_FIELD_NUMBER", field.number)
        for made in messages:
            for field in made.DESCRIPTOR.fields:
                if field.label == "map":
                    entry = field.message_type.DESCRIPTOR.fields_by_name
                    field.key, field.value = entry["key"], entry["value"]

    def _field(self, line):
        _, owner, number, name, kind, label, type_name, presence, oneof, default = line
        field = Field()
        field.containing = self.classes[owner].DESCRIPTOR
        field.number, field.name, field.kind = int(number), name, kind
        field.full_name = f"{owner}.{name}"
        field.label = "one" if label == "required" else label
        field.presence, field.oneof, field.type_name = presence == "1", oneof, type_name
        field.message_type = self.classes[type_name] if kind == "m" else None
        field.enum_type = self.enums[type_name] if kind == "e" else None
        field.key = field.value = None
        field.has_default_value = default != ""
        field.default_value = _default(kind, default) if default else _ZERO.get(kind)
        if label == "required":
            field.containing.required.append(field)
        field.containing.fields.append(field)
        if oneof:
            field.containing.oneofs.setdefault(oneof, []).append(field)


def _default(kind, text):
    """A proto2 default, which comes as = and the text, in hex for bytes and strings."""
    text = text[1:]
    if kind == "y":
        return bytes.fromhex(text)
    if kind == "s":
        return bytes.fromhex(text).decode("utf-8")
    if kind == "b":
        return text == "true"
    return float(text) if kind in ("f", "d") else int(text)


class _Finder:
    def find_spec(self, name, path=None, target=None):
        if _current is None or not name.endswith("_pb2"):
            return None
        return _current.spec(name)


_current = None


def use_protos(protos):
    """From now on x_pb2 means this version's, or nothing: the last one's modules leave sys.modules."""
    global _current
    if _current is not protos:
        if _current is not None:
            for name in _current.modules:
                sys.modules.pop(name, None)
                package, _, last = name.rpartition(".")
                if package:
                    sys.modules[package].__dict__.pop(last, None)
        _current = protos
        if protos is None:
            return
        for name, module in protos.modules.items():
            sys.modules[name] = module
            package, _, last = name.rpartition(".")
            if package:
                setattr(sys.modules[package], last, module)


def _package(name, **members):
    module = ModuleType(name)
    module.__path__ = []
    module.__dict__.update(members)
    sys.modules[name] = module
    return module


# The names under which scripts catch errors and ask for the base class.
_package("google", protobuf=_package(
    "google.protobuf",
    message=_package("google.protobuf.message", Message=Message, Error=Error, EncodeError=EncodeError, DecodeError=DecodeError),
))  # fmt: skip
sys.meta_path.insert(0, _Finder())
