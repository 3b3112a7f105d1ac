"""Things that scripts do with messages. Runs on CPython with Google's protobuf, which writes operations.json, and in the service's runtime,
which must give the same. Needs protobuf and grpcio-tools from PyPI: python3 operations.py."""

import all_types_pb2
import legacy_pb2
import shared_types_pb2
from all_types_pb2 import Everything

POINT = shared_types_pb2.Point


def empty():
    return Everything().SerializeToString()


def scalars():
    m = Everything(i32=-1, i64=-(2**63), u32=2**32 - 1, u64=2**64 - 1, s32=-(2**31), s64=2**63 - 1)
    m.f32, m.f64, m.sf32, m.sf64 = 2**32 - 1, 2**64 - 1, -(2**31), -(2**63)
    m.flt, m.dbl, m.flag, m.text, m.data = 0.1, 0.1, True, "gr\u00fc\u00df \U0001f600", b"\x00\xff\x80"
    return m.SerializeToString()


def defaults_are_not_written():
    m = Everything(i32=0, text="", data=b"", flag=False, dbl=0.0)
    return m.SerializeToString()


def negative_zero():
    return Everything(dbl=-0.0).SerializeToString()


def special_floats():
    return Everything(flt=float("inf"), dbl=float("-inf")).SerializeToString() + Everything(flt=1e300).SerializeToString()


def float_is_rounded_on_assignment():
    m = Everything(flt=0.1)
    return repr(m.flt)


def enums():
    m = Everything(unit=shared_types_pb2.PERCENT, level=Everything.HIGH)
    m.units.extend([1, 2, 0])
    m.inner.levels.append(Everything.Level.Value("NEGATIVE"))
    return m.SerializeToString()


def unknown_enum_value_is_kept():
    m = Everything(unit=77)
    return m.SerializeToString()


def enum_wrapper():
    level = Everything.Level
    return repr([level.Name(5), level.Value("LOW"), level.keys(), level.values(), level.items(), shared_types_pb2.Unit.Name(1)])


def nested_by_touching():
    m = Everything()
    m.inner.deeper.deeper.note = "deep"
    return m.SerializeToString()


def nested_only_read():
    m = Everything()
    m.inner.deeper.deeper.note
    return m.SerializeToString()


def nested_set_in_parent():
    m = Everything()
    m.inner.deeper.SetInParent()
    return m.SerializeToString()


def nested_from_dict_and_message():
    return Everything(point={"x": 3, "y": -3}, inner=Everything.Inner(note="n")).SerializeToString()


def setting_a_default_in_a_child_makes_it_present():
    m = Everything()
    m.point.x = 0
    return m.SerializeToString() + repr(m.HasField("point")).encode()


def repeated():
    m = Everything(numbers=[1, -2, 300], words=["a", "", "b"], unpacked=[1, 2])
    m.numbers.append(5)
    m.numbers.insert(0, 9)
    m.numbers[1] = 8
    m.numbers.remove(300)
    m.numbers.extend(x for x in (7, 7))
    del m.numbers[-1]
    p = m.path.add(x=1)
    p.y = 2
    m.path.append(POINT(x=5))
    m.path.extend([POINT(), POINT(y=-1)])
    return m.SerializeToString() + repr([len(m.path), list(m.numbers), m.numbers[1:3], 7 in m.numbers]).encode()


def append_copies():
    m, p = Everything(), POINT(x=1)
    m.path.append(p)
    p.x = 2
    return m.SerializeToString()


def maps():
    m = Everything()
    m.counts["one"] = 1
    m.places[0].x = 4
    m.places[-1].CopyFrom(POINT(y=2))
    m.levels["zero"] = 0
    missing = m.counts.get("none", 5)
    return repr([sorted(m.counts.items()), sorted((k, v.x, v.y) for k, v in m.places.items()), missing, "one" in m.counts, dict(m.levels)])


def map_of_one():
    return Everything(counts={"a": 0}).SerializeToString() + Everything(places={0: POINT()}).SerializeToString()


def optional():
    m = Everything()
    before = m.HasField("maybe")
    m.maybe = 0
    return m.SerializeToString() + repr([before, m.HasField("maybe"), m.maybe]).encode()


def oneof():
    m = Everything(number=4)
    said = [m.WhichOneof("choice")]
    m.name = ""
    said += [m.WhichOneof("choice"), m.number, m.HasField("choice"), m.HasField("name")]
    m.spot.x = 1
    said += [m.WhichOneof("choice"), m.name]
    data = m.SerializeToString()
    m.ClearField("choice")
    return data + repr(said + [m.WhichOneof("choice"), m.HasField("spot")]).encode()


def copy_merge_clear():
    a = Everything(i32=1, numbers=[1], inner={"note": "a"}, counts={"k": 1}, number=3)
    b = Everything(i64=2, numbers=[2], inner={"levels": [5]}, counts={"k": 2}, name="b")
    a.MergeFrom(b)
    c = Everything(text="gone")
    c.CopyFrom(a)
    a.Clear()
    equal = c == a, c == c, a == Everything()
    c.ClearField("inner")
    return c.SerializeToString() + repr(equal).encode()


def list_fields():
    m = Everything(text="t", i32=1, words=["w"], at={"seconds": 5})
    return repr([(f.name, f.number, str(v)) for f, v in m.ListFields()])


def timestamp():
    m = Everything()
    m.at.seconds, m.at.nanos = 1795225920, 5
    return m.SerializeToString()


def parse():
    m = Everything.FromString(scalars() + enums() + nested_by_touching())
    n = Everything()
    used = n.ParseFromString(m.SerializeToString())
    return repr([m == n, used, n.u64, n.i64, n.text, n.data, n.flt, n.inner.deeper.deeper.note, list(n.units), n.level, n.f64, n.u32])


def unknown_fields_survive():
    m = POINT.FromString(bytes.fromhex("0802" + "7a03616263" + "1003"))
    m.x = 5
    return m.SerializeToString()


def merging_bytes():
    m = Everything(numbers=[1], point={"x": 1})
    m.MergeFromString(Everything(numbers=[2], point={"y": 2}).SerializeToString())
    return m.SerializeToString()


def text_format():
    m = Everything(i32=-5, dbl=0.1, flag=True, text='say "hi"\n', data=b"\x00a", unit=1, point={"x": 1}, numbers=[1, 2], maybe=0)
    m.counts["k"] = 3
    m.inner.levels.append(5)
    return str(m)


def sizes():
    return repr([Everything().ByteSize(), Everything(text="abc", numbers=[1, 2]).ByteSize(), Everything().IsInitialized()])


def proto2():
    old = legacy_pb2.Old()
    said = [old.label, old.mode, old.big, old.ratio, old.HasField("label"), old.IsInitialized()]
    old.id = 0
    old.label = "none"
    old.values.extend([1, 2])
    old.mode = legacy_pb2.Old.SLOW
    return old.SerializeToString() + repr(said + [old.HasField("label"), legacy_pb2.Old.Mode.Name(2)]).encode()


def field_numbers():
    return repr([Everything.I32_FIELD_NUMBER, Everything.DESCRIPTOR.full_name, Everything.Inner.DESCRIPTOR.name, all_types_pb2.Everything is Everything])


def _raises(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__
    return "nothing"


def failures():
    m = Everything()
    return repr(
        [
            _raises(lambda: setattr(m, "u32", -1)),
            _raises(lambda: setattr(m, "i32", 2**31)),
            _raises(lambda: setattr(m, "i32", "1")),
            _raises(lambda: setattr(m, "i32", 1.5)),
            _raises(lambda: setattr(m, "text", 5)),
            _raises(lambda: setattr(m, "text", b"\xff")),
            _raises(lambda: setattr(m, "data", "text")),
            _raises(lambda: setattr(m, "dbl", "1")),
            _raises(lambda: setattr(m, "nothing", 1)),
            _raises(lambda: m.nothing),
            _raises(lambda: setattr(m, "point", POINT())),
            _raises(lambda: setattr(m, "numbers", [1])),
            _raises(lambda: Everything(nothing=1)),
            _raises(lambda: m.HasField("i32")),
            _raises(lambda: m.HasField("nothing")),
            _raises(lambda: m.WhichOneof("nothing")),
            _raises(lambda: m.ClearField("nothing")),
            _raises(lambda: m.numbers.append("x")),
            _raises(lambda: m.path.append(Everything())),
            _raises(lambda: m.CopyFrom(POINT())),
            _raises(lambda: Everything.Level.Value("NONE")),
            _raises(lambda: Everything.Level.Name(99)),
            _raises(lambda: legacy_pb2.Old().SerializeToString()),
            _raises(lambda: setattr(legacy_pb2.Old(), "mode", 9)),
            _raises(lambda: Everything.FromString(b"\x0a")),
            _raises(lambda: Everything.FromString("text")),
            _raises(lambda: m.counts.__setitem__(1, 1)),
            _raises(lambda: m.places.__setitem__(1, POINT())),
            _raises(lambda: hash(m)),
        ]
    )


def _operations():
    return {name: f for name, f in globals().items() if callable(f) and not name.startswith("_") and hasattr(f, "__code__") and name != "format_command"}


def _result(name):
    result = _operations()[name]()
    return result if isinstance(result, bytes) else result.encode("utf-8")


def format_command(command):
    return _result(command["command_type"])


if __name__ == "__main__":
    import json

    with open("operations.json", "w", encoding="utf-8") as file:
        json.dump({name: _result(name).hex() for name in _operations()}, file, indent=1)
        file.write("\n")
