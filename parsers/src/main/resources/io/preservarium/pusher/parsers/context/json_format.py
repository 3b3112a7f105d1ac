"""google.protobuf.json_format, as far as scripts use it: messages as JSON and back. The mapping is protobuf-java's.

Runs after protobuf.py, whose messages these are.
"""

_JsonError = type("Error", (Exception,), {"__module__": "google.protobuf.json_format"})


class SerializeToJsonError(_JsonError):
    pass


class ParseError(_JsonError):
    pass


def MessageToDict(
    message,
    always_print_fields_with_no_presence=False,
    preserving_proto_field_name=False,
    use_integers_for_enums=False,
    descriptor_pool=None,
):
    import json

    said = message._protos.print_json(
        message.DESCRIPTOR.full_name,
        message.SerializePartialToString().decode("latin-1"),
        always_print_fields_with_no_presence,
        preserving_proto_field_name,
        use_integers_for_enums,
    )
    if said[0] == "!":
        raise SerializeToJsonError(said[1:])
    return json.loads(said[1:])


def MessageToJson(
    message,
    preserving_proto_field_name=False,
    indent=2,
    sort_keys=False,
    use_integers_for_enums=False,
    descriptor_pool=None,
    ensure_ascii=True,
    always_print_fields_with_no_presence=False,
):
    import json

    values = MessageToDict(
        message, always_print_fields_with_no_presence, preserving_proto_field_name, use_integers_for_enums
    )
    return json.dumps(values, indent=indent, sort_keys=sort_keys, ensure_ascii=ensure_ascii)


def Parse(text, message, ignore_unknown_fields=False, descriptor_pool=None, max_recursion_depth=100):
    import json

    if not isinstance(text, str):
        text = text.decode("utf-8")
    try:
        values = json.loads(text, object_pairs_hook=_without_duplicates)
    except Exception as error:
        raise ParseError(f"Failed to load JSON: {error}.") from error
    return ParseDict(values, message, ignore_unknown_fields)


def _without_duplicates(pairs):
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"duplicate key {next(n for n in names if names.count(n) > 1)}")
    return values


def ParseDict(js_dict, message, ignore_unknown_fields=False, descriptor_pool=None, max_recursion_depth=100):
    """Sets what the JSON has in the message and gives the message back; lists and maps are set anew."""
    import json

    try:
        text = json.dumps(js_dict)
    except (TypeError, ValueError, RecursionError) as error:
        raise ParseError(f"Failed to parse: {error}.") from error
    said = message._protos.read_json(message.DESCRIPTOR.full_name, text, ignore_unknown_fields)
    if said[0] == "!":
        raise ParseError(said[1:])
    given = type(message)()
    given.MergeFromString(said[1:].encode("latin-1"))
    for field, _ in given.ListFields():
        if field.label != "one":
            message.ClearField(field.name)
    message.MergeFrom(given)
    return message


sys.modules["google.protobuf"].json_format = _package(
    "google.protobuf.json_format",
    Error=_JsonError,
    SerializeToJsonError=SerializeToJsonError,
    ParseError=ParseError,
    MessageToDict=MessageToDict,
    MessageToJson=MessageToJson,
    Parse=Parse,
    ParseDict=ParseDict,
)
