"""The keys of the files that users write, from their JSON schemas in `configs/schema`."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from callagent.profile import schema_of
from callagent.telephony import Routes
from scripts.reference_pages.markdown import code, table

SCHEMAS = Path(__file__).resolve().parents[2] / "configs" / "schema"
LONGEST_LIST = 8
"""Entries of a default that is a list; of a longer one only their number is told."""

_LIMITS = re.compile(r" Must be (between .+)\.$")
_UNITS = {"(ms|s|min|h)": "duration", "(%)": "percentage", "(dBFS|dB)": "level"}

Node = Mapping[str, Any]
Row = tuple[str, str, str, str]
"""Key, what may be written, default, meaning."""


class Document(NamedTuple):
    """A JSON schema with its definitions."""

    root: Node
    definitions: Mapping[str, Node]

    def resolve(self, node: Node) -> Node:
        """Return the node that a reference means, with the reference's own
        description and default; or the node itself.
        """
        if "$ref" not in node:
            return node
        return {**self.definitions[node["$ref"].rsplit("/", 1)[-1]], **node}


@cache
def document(name: str) -> Document:
    """Return the schema of a kind of file: `profile`, `call`, `sip` or `routes`. Raise LookupError for another name."""
    if name == "routes":
        schema = schema_of(Routes)
    elif (path := SCHEMAS / f"{name}.schema.json").exists():
        schema = json.loads(path.read_text(encoding="utf-8"))
    else:
        raise LookupError(f"no schema {name}")
    return Document(schema, schema.get("$defs", {}))


def keys(name: str) -> str:
    """Return the keys of a file by themselves (`call`), or of one of its sections
    with those inside it (`call line`).
    """
    kind, *path = name.split()
    schema = document(kind)
    node = schema.root
    for key in path:
        node = _inside(schema, schema.resolve(node["properties"][key]))
    return _table(schema, node, deep=bool(path))


def keys_of(model: type[BaseModel]) -> str:
    """Return the keys of what `model` describes."""
    schema = schema_of(model)
    return _table(Document(schema, schema.get("$defs", {})), schema)


def sections(name: str) -> str:
    """Return every key of a file: those without keys inside in a table, then each
    section under a heading of its own.
    """
    schema = document(name)
    parts = []
    plain = {}
    for key, node in schema.root["properties"].items():
        inside = _inside(schema, schema.resolve(node))
        if "properties" not in inside:
            plain[key] = node
            continue
        heading = f"### `{key}{_many(schema.resolve(node))}`"
        parts.append(
            f"{heading}\n\n{_sentences(_description(node) or _description(inside))}\n\n{_table(schema, inside)}"
        )
    return "\n\n".join([_table(schema, {"properties": plain}), *parts])


def steps(name: str) -> str:
    """Return what may stand in a list of a file (`call steps`), one row for each kind and one for each of its keys."""
    kind, key = name.split()
    schema = document(kind)
    rows: list[Row] = []
    for choice in schema.root["properties"][key]["items"]["oneOf"]:
        node = schema.resolve(choice)
        head, *below = _inside(schema, node)["properties"].items()
        spelling, own = _head(schema, *head)
        rows.append((spelling, "", "", _sentences(node["description"])))
        rows += ((f"… `{row[0]}`", *row[1:]) for row in _rows(schema, {**own, **dict(below)}, "", {}))
    return table(("step", "value", "default", "meaning"), rows)


def _head(schema: Document, key: str, written: Node) -> tuple[str, Mapping[str, Node]]:
    """Tell how a step is written (`expect: agent stops`, `caller: {sound: …}`), and the keys inside its first one."""
    value = schema.resolve(written)
    if "const" in value:
        return code(f"{key}: {value['const']}"), {}
    if "enum" in value:
        return ", ".join(code(each) for each in value["enum"]), {}
    choices = [schema.resolve(each) for each in value.get("oneOf", [value])]
    texts = [f"{{{', '.join(f'{name}: …' for name in each.get('properties', ()))}}}" for each in choices]
    inside = {name: node for each in choices for name, node in each.get("properties", {}).items()}
    return ", ".join(code(f"{key}: {text.replace('{}', '…')}") for text in texts), inside


def _table(schema: Document, node: Node, *, deep: bool = True) -> str:
    rows = _rows(schema, node["properties"], "", {})
    shown = ((code(row[0]), *row[1:]) for row in rows if deep or row[0] in node["properties"])
    return table(("key", "value", "default", "meaning"), shown)


def _rows(schema: Document, properties: Mapping[str, Node], prefix: str, seen: dict[str, str]) -> Iterator[Row]:
    """Yield a row for each key, and for each inside it; what `seen` has, by the keys of
    its definition, is not told a second time.
    """
    for key, written in properties.items():
        node = schema.resolve(written)
        path = f"{prefix}{key}"
        meaning = _LIMITS.sub("", _sentences(_description(written) or _description(node)))
        inside = _inside(schema, node)
        same = json.dumps(inside.get("properties"), sort_keys=True)
        known = seen.get(same) if "properties" in inside else None
        yield path, _value(schema, node), _default(node), f"{meaning} Its keys: as in `{known}`." if known else meaning
        if "properties" in inside and not known:
            seen[same] = path
            yield from _rows(schema, inside["properties"], f"{path}{_many(node)}.", seen)


def _many(node: Node) -> str:
    """Return what stands in a path for the names of a mapping, or for the entries of a list."""
    if "properties" in node:
        return ""
    if any(isinstance(each.get("additionalProperties"), dict) for each in (node, *node.get("anyOf", ()))):
        return ".NAME"
    return "[]" if any("items" in each for each in (node, *node.get("anyOf", ()))) else ""


def _description(node: Node) -> str:
    texts = [each.get("description", "") for each in (node, *node.get("anyOf", ()))]
    return next(filter(None, texts), "")


def _inside(schema: Document, node: Node) -> Node:
    """Return the node whose properties stand below a key: the mapping itself, or each entry of a mapping or a list."""
    node = schema.resolve(node)
    if "properties" in node:
        return node
    for each in ("additionalProperties", "items"):
        if isinstance(node.get(each), dict):
            return _inside(schema, node[each])
    for choice in node.get("anyOf", node.get("oneOf", ())):
        if "properties" in (inside := _inside(schema, choice)):
            return inside
    return node


def _value(schema: Document, node: Node) -> str:
    """Return what may be written: `duration, 50 ms to 3 s`, `1 to 10`, a choice of words."""
    choices = node.get("anyOf", node.get("oneOf"))
    if choices and "properties" not in node and "additionalProperties" not in node:
        values = [_value(schema, schema.resolve(each)) for each in choices if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(values))
    if "enum" in node:
        return ", ".join(code(_written(each)) for each in node["enum"])
    kind = node.get("type")
    if kind == "array":
        inner = _value(schema, schema.resolve(node["items"]))
        return f"list of {inner}"
    if kind in ("integer", "number"):
        return _range(node)
    if kind == "string":
        return _text(node)
    return "`true`, `false`" if kind == "boolean" else "mapping"


def _text(node: Node) -> str:
    unit = next((name for units, name in _UNITS.items() if units in node.get("pattern", "")), "text")
    limits = _LIMITS.search(node.get("description", ""))
    between = limits[1].removeprefix("between ").replace(" and ", " to ") if limits else ""
    return f"{unit}, {between}" if between else unit


def _range(node: Node) -> str:
    low, high = (node.get(each, node.get(f"exclusive{each.capitalize()}")) for each in ("minimum", "maximum"))
    word = "whole number" if node["type"] == "integer" else "number"
    return word if low is None or high is None else f"{word}, {low:g} to {high:g}"


def _default(node: Node) -> str:
    default = node.get("default")
    if default in (None, "", [], {}):
        return ""
    if isinstance(default, list) and len(default) > LONGEST_LIST:
        return f"{len(default)} entries"
    return code(_written(default))


def _written(value: object) -> str:
    """Return a value as YAML has it on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_written(each)}' for key, each in value.items())}}}"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if text == text.strip() else json.dumps(text)


def _sentences(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")
