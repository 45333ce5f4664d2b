"""Settings from outside the file: ``--set``, CALLAGENT_PROVIDERS, LIVEKIT_SOFT_ACKS, and ``${NAME}`` in options."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from callagent.profile.inheritance import overlay
from callagent.profile.sections.agent_settings import MODELS
from callagent.yaml_config.errors import ConfigError, Problem
from callagent.yaml_config.yaml_file import Document, KeyPath, Node, parse_value

PROVIDERS_VARIABLE = "CALLAGENT_PROVIDERS"
SOFT_ACKS_VARIABLE = "LIVEKIT_SOFT_ACKS"

_OWN = ("LIVEKIT_", "CALLAGENT_SIP_")
"""Variables that no provider may be sent: the keys of livekit-server, and of a SIP trunk."""

_FIXED = ("name", "extends", "abstract")
_BETWEEN_PHRASES = re.compile(r"[,;|\n、，；]")  # noqa: RUF001 - the commas of other scripts
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def soft_acks_override(env: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the phrases of LIVEKIT_SOFT_ACKS, or None where it is unset or empty.
    Raise ConfigError when it names none.
    """
    text = env.get(SOFT_ACKS_VARIABLE, "").strip()
    if not text:
        return None
    phrases = tuple(phrase.strip() for phrase in _BETWEEN_PHRASES.split(text) if phrase.strip())
    if not phrases:
        raise ConfigError.single(SOFT_ACKS_VARIABLE, "names no phrase; write them separated by commas")
    return phrases


def apply_overrides(document: Document, sets: Sequence[str], env: Mapping[str, str]) -> Document:
    """Return the document with the environment's overrides and then the ``--set`` ones on top. Raise ConfigError."""
    readers: list[Callable[[], tuple[Document, KeyPath] | None]] = [
        partial(_providers, env),
        partial(_soft_acks, env),
        *(partial(_set, text) for text in sets),
    ]
    problems: list[Problem] = []
    for read in readers:
        try:
            if override := read():
                document = overlay(document, override[0], at=override[1])
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(*problems)
    return document


def check_references(document: Document) -> None:
    """Raise ConfigError for each ``${NAME}`` that would send a key of livekit's to a provider or a tool's server."""
    _expanded(document, lambda name: "set")


def expand_references(document: Document, env: Mapping[str, str]) -> Document:
    """Return the document with ``${NAME}`` replaced in provider options, and in what servers of tools are given.

    Raises ConfigError for each variable that is not set, or is livekit's own.
    """
    return _expanded(document, env.get)


_REFERRING: tuple[tuple[str, ...], ...] = (
    ("providers",),
    ("after_call", "llm"),
    *(("agents", "*", part) for part in MODELS),
    ("tools", "*", "http", "headers"),
    ("mcp", "*", "headers"),
    ("mcp", "*", "env"),
)
"""Where ``${NAME}`` stands for a variable; `*` is any name."""


def _expanded(document: Document, value_of: Callable[[str], str | None]) -> Document:
    """Return the document with each reference replaced; an empty one is a mistake, as is a name of `_OWN`."""
    problems: list[Problem] = []

    def value(name: str, path: KeyPath) -> str:
        found = value_of(name)
        if name.startswith(_OWN):
            problems.append(document.problem(path, f"${{{name}}} is not for providers: it would be sent to one"))
        elif not found:
            problems.append(document.problem(path, f"the environment variable {name} is not set"))
        return found or ""

    def expand(node: Node, path: KeyPath) -> Node:
        if isinstance(node.value, dict):
            return node.with_value({key: expand(inner, (*path, key)) for key, inner in node.value.items()})
        if isinstance(node.value, list):
            items = [expand(inner, (*path, index)) for index, inner in enumerate(node.value)]
            return node.with_value(items)
        if not isinstance(node.value, str):
            return node
        return node.with_value(_REFERENCE.sub(lambda match: value(match[1], path), node.value))

    def below(node: Node, left: tuple[str, ...], path: KeyPath) -> Node:
        if not left:
            return expand(node, path)
        if not isinstance(node.value, dict):
            return node
        chosen = node.value if left[0] == "*" else node.value.keys() & {left[0]}
        inner = {key: below(node.value[key], left[1:], (*path, key)) for key in chosen}
        return node.with_value(node.value | inner)

    root = document.root
    for place in _REFERRING:
        root = below(root, place, ())
    if problems:
        raise ConfigError(*problems)
    return Document(root)


def _providers(env: Mapping[str, str]) -> tuple[Document, KeyPath] | None:
    text = env.get(PROVIDERS_VARIABLE, "").strip()
    if not text:
        return None
    if "=" not in text:
        return Document.of({"providers": text}, PROVIDERS_VARIABLE), ()
    parts: dict[str, str] = {}
    for item in text.split(","):
        part, _, name = (piece.strip() for piece in item.partition("="))
        if not part or not name:
            message = f"'{item.strip()}' is not of the form stt=deepgram"
            raise ConfigError.single(PROVIDERS_VARIABLE, message)
        parts[part] = name
    return Document.of({"providers": parts}, PROVIDERS_VARIABLE), ()


def _soft_acks(env: Mapping[str, str]) -> tuple[Document, KeyPath] | None:
    phrases = soft_acks_override(env)
    return (Document.of({"interruption": {"soft_acks": phrases}}, SOFT_ACKS_VARIABLE), ()) if phrases else None


def _set(text: str) -> tuple[Document, KeyPath]:
    key, equals, value = text.partition("=")
    parts = [part.strip() for part in key.split(".")]
    if not equals or not all(parts):
        example = "write key=value, for example 'interruption.grace=500 ms'"
        raise ConfigError.single("--set", f"'{key.strip()}' has no value or no key; {example}")
    if parts[0] in _FIXED:
        raise ConfigError.single("--set", "cannot be overridden", key=key)
    try:
        data = parse_value(value, "--set").plain
    except ConfigError as error:
        raise ConfigError.single("--set", error.problems[0].message, key=key) from error
    for part in reversed(parts):
        data = {part: data}
    return Document.of(data, "--set"), tuple(parts)
