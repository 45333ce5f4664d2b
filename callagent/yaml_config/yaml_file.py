"""YAML as users write it: every value remembers the file and the line in which it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from callagent.sanitise import encodable
from callagent.yaml_config.errors import ConfigError, Problem, key_text

KeyPath = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_VALUES = 100_000
MAX_DEPTH = 60

_TAG = "tag:yaml.org,2002:"
_REPLACED = "\ufffd"
_TRUE = {"true", "yes", "on"}
_NOT_FINITE = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}


@dataclass(frozen=True)
class Node:
    """A value with its origin: a scalar, a list of nodes or a mapping from text to nodes."""

    value: Any
    file: str
    line: int | None

    @property
    def plain(self) -> Any:
        """The value as ordinary Python data."""
        if isinstance(self.value, dict):
            return {key: node.plain for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain for node in self.value]
        return self.value

    def with_value(self, value: Any) -> "Node":
        """Return another value of the same origin."""
        return Node(value, self.file, self.line)

    def child(self, part: str | int) -> "Node | None":
        """Return what stands under a key or an index, if anything does."""
        if isinstance(self.value, list):
            return self.value[part] if isinstance(part, int) and 0 <= part < len(self.value) else None
        return self.value.get(part) if isinstance(self.value, dict) else None

    @classmethod
    def of(cls, data: Any, file: str, line: int | None = None) -> "Node":
        """Wrap ordinary data; all of it gets the same origin."""
        if isinstance(data, dict):
            return cls({str(key): cls.of(value, file, line) for key, value in data.items()}, file, line)
        if isinstance(data, list | tuple):
            return cls([cls.of(value, file, line) for value in data], file, line)
        return cls(data, file, line)


@dataclass(frozen=True)
class Document:
    """A mapping read from a file, or merged from several; ``root`` holds it with the origin of every value."""

    root: Node

    @classmethod
    def of(cls, data: Mapping[str, Any], file: str) -> "Document":
        """Return a document from ordinary data that stands in no file; ``file`` is what problems call its source."""
        return cls(Node.of(dict(data), file))

    @property
    def file(self) -> str:
        """The file as the user would write it; of a merged document the one on top."""
        return self.root.file

    @cached_property
    def data(self) -> dict[str, Any]:
        """The whole document as ordinary Python data."""
        return dict(self.root.plain)

    def find(self, path: Iterable[str | int]) -> tuple[Node, KeyPath]:
        """Return the deepest node that exists on ``path``, and the part of the path that leads to it."""
        node, there = self.root, list[str | int]()
        for part in path:
            below = node.child(part)
            if below is None:
                break
            node = below
            there.append(part)
        return node, tuple(there)

    def line_of(self, path: Iterable[str | int]) -> int | None:
        """Return the line (from 1) of the key or list item at ``path``, or of the nearest thing around it."""
        return self.find(path)[0].line

    def problem(self, path: Iterable[str | int], message: str, nearest: str | None = None) -> Problem:
        """Return a problem with the value at ``path``, in the file and line where that value really stands."""
        path = tuple(path)
        node, _ = self.find(path)
        return Problem(node.file, node.line, key_text(path), message, nearest)


def load_yaml(path: str | Path, content: bytes | None = None) -> Document:
    """Read a YAML mapping; `content` is what is in the file, where that is known already.

    Raises ConfigError, with all problems found: a file that is missing, over 1 MB, not UTF-8, empty or not a mapping,
    bad syntax, duplicate keys, keys that are not text, unknown tags, merge keys, aliases that grow without measure.
    """
    file = shown(path)
    try:
        content = _read(Path(path), file) if content is None else content
    except OSError as error:
        raise ConfigError.single(file, f"cannot be read: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(Problem(file, line, "", f"is not UTF-8 text (byte 0x{content[error.start]:02x})")) from error
    return parse_yaml(text, file)


def parse_yaml(text: str, file: str) -> Document:
    """Read a YAML mapping from text; ``file`` is what problems call it. Raise ConfigError as ``load_yaml`` does."""
    root = parse_value(text, file)
    if root.value is None:
        raise ConfigError(Problem(file, None, "", "is empty"))
    if not isinstance(root.value, dict):
        raise ConfigError(Problem(file, root.line, "", f"must be a mapping (key: value), not {_kind(root.value)}"))
    return Document(root)


def parse_value(text: str, file: str) -> Node:
    """Read any single YAML value from text. Raise ConfigError."""
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False
    try:
        top = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.problem, error.context) if part)
        raise ConfigError(Problem(file, mark.line + 1 if mark else None, "", f"is not YAML: {what}")) from error
    except YAMLError as error:
        raise ConfigError.single(file, f"is not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise ConfigError.single(file, "is nested too deeply") from error
    if top is None:
        return Node(None, file, None)
    builder = _Builder(file)
    root = builder.build(top, ())
    if builder.problems:
        raise ConfigError(*builder.problems)
    return root


def shown(path: str | Path) -> str:
    """Return a path as a user would write it: relative where it lies below the working directory."""
    path = Path(path)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return str(path)


def _read(path: Path, file: str) -> bytes:
    if path.is_dir():
        raise ConfigError.single(file, "is a directory, not a file")
    if path.exists() and not path.is_file():
        raise ConfigError.single(file, "is not a regular file")
    with path.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ConfigError.single(file, "is larger than 1 MB")
    return content


def _kind(value: object) -> str:
    return "a list" if isinstance(value, list) else "a single value"


class _Builder:
    """Turns composed YAML nodes into Node, collecting problems on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.values = 0

    def build(self, yaml: YamlNode, path: KeyPath, line: int | None = None) -> Node:
        line = line or yaml.start_mark.line + 1
        self.values += 1
        if self.values > MAX_VALUES:
            raise ConfigError(Problem(self.file, line, key_text(path[:3]), f"more than {MAX_VALUES:,} values"))
        if len(path) > MAX_DEPTH:
            raise ConfigError(Problem(self.file, line, key_text(path[:3]), "is nested too deeply"))
        if isinstance(yaml, MappingNode) and yaml.tag == _TAG + "map":
            return Node(self._mapping(yaml, path), self.file, line)
        if isinstance(yaml, SequenceNode) and yaml.tag == _TAG + "seq":
            items = [self.build(item, (*path, index)) for index, item in enumerate(yaml.value)]
            return Node(items, self.file, line)
        if isinstance(yaml, ScalarNode):
            return Node(self._scalar(yaml, path, line), self.file, line)
        self._refuse(path, line, f"the tag {yaml.tag} is not supported")
        return Node(None, self.file, line)

    def _mapping(self, yaml: MappingNode, path: KeyPath) -> dict[str, Node]:
        result: dict[str, Node] = {}
        for key, value in yaml.value:
            line = key.start_mark.line + 1
            if key.tag == _TAG + "merge":
                self._refuse(path, line, "merge keys (<<) are not supported")
            elif key.tag != _TAG + "str":
                self._refuse(path, line, f"a key must be text; write it in quotes: {_source(key)}")
            elif encodable(key.value) != key.value:
                self._refuse(path, line, "a key has half a character")
            elif key.value in result:
                first = result[key.value].line
                self._refuse((*path, key.value), line, f"is written twice (first in line {first})")
            else:
                result[key.value] = self.build(value, (*path, key.value), line)
        return result

    def _scalar(self, yaml: ScalarNode, path: KeyPath, line: int) -> Any:
        tag, written = str(yaml.tag).removeprefix(_TAG), str(yaml.value)
        text = encodable(written)
        if text.count(_REPLACED) != written.count(_REPLACED):
            self._refuse(path, line, "has half a character; write the character itself, not one half of its escape")
        try:
            match tag:
                case "str" | "timestamp" | "value":
                    return text
                case "null":
                    return None
                case "bool":
                    return text.lower() in _TRUE
                case "int":
                    return _integer(text.replace("_", ""))
                case "float":
                    return float(_NOT_FINITE.get(text.lower(), text.replace("_", "")))
        except ValueError:
            self._refuse(path, line, "is not a number that can be read")
            return None
        self._refuse(path, line, f"the tag {yaml.tag} is not supported")
        return None

    def _refuse(self, path: KeyPath, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, key_text(path), message))


def _integer(text: str) -> int:
    prefixed = text.lstrip("+-")[:2].lower() in {"0x", "0o", "0b"}
    return int(text, 0) if prefixed else int(text, 10)


def _source(key: YamlNode) -> str:
    return repr(key.value) if isinstance(key, ScalarNode) else "a list or mapping"
