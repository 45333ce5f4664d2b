"""One document laid over another, every value keeping the file and line it came from."""

from callagent.profile.providerspec import SHORTHANDS
from callagent.profile.toolmerge import with_tools_settled
from callagent.profile.yamlfile import Document, KeyPath, Node

_NOT_INHERITED = ("name", "description", "extends", "abstract")


def overlay(base: Document, top: Document, *, at: KeyPath = ()) -> Document:
    """``top`` over ``base``: mappings are merged key by key, lists and single values replace what was there.

    A provider that names another ``use`` replaces the one below it with all its options; tools follow
    ``with_tools_settled``, which tells what ``at`` is. Raises ConfigError for a tool that cannot be switched off.
    """
    base, top = with_tools_settled(base, top, at)
    return Document(_merged(_expanded(base.root), _expanded(top.root), ()))


def standing_alone(document: Document) -> Document:
    """A document that extends nothing. Raises ConfigError for a tool that is switched off all the same."""
    return with_tools_settled(Document(Node({}, document.file, None)), document, ())[1]


def inherit(base: Document, top: Document) -> Document:
    """``top`` over the profile that it extends, without what that profile says of itself alone (its description)."""
    root = base.root
    kept = {key: node for key, node in root.value.items() if key not in _NOT_INHERITED}
    return overlay(Document(Node(kept, root.file, root.line)), top)


def with_provider_options(document: Document) -> Document:
    """The document with the `provider_options` of the providers that are chosen under the options in `providers`."""
    root = _expanded(document.root)
    offered = root.value.get("provider_options")
    providers = root.value.get("providers") or Node({}, root.file, root.line)
    if offered is None or not isinstance(offered.value, dict) or not isinstance(providers.value, dict):
        return document
    parts = dict(providers.value)
    for part, default in SHORTHANDS["local"].items():
        chosen = parts.get(part) or Node({}, providers.file, providers.line)
        if not isinstance(chosen.value, dict):
            continue
        use = chosen.value.get("use") or Node(default, chosen.file, chosen.line)
        options = offered.child(part)
        given = options.child(use.value) if options is not None and isinstance(use.value, str) else None
        if given is not None and isinstance(given.value, dict):
            parts[part] = Node({**given.value, **chosen.value, "use": use}, chosen.file, chosen.line)
    merged = root.value | {"providers": Node(parts, providers.file, providers.line)}
    return Document(Node(merged, root.file, root.line))


def _merged(base: Node, top: Node, path: KeyPath) -> Node:
    if not isinstance(base.value, dict) or not isinstance(top.value, dict) or _is_other_provider(base, top, path):
        return top
    result = dict(base.value)
    for key, node in top.value.items():
        result[key] = _merged(result[key], node, (*path, key)) if key in result else node
    # An override has no line of its own: what is missing in a mapping is missing in the file below it.
    origin = base if top.line is None else top
    return Node(result, origin.file, origin.line)


def _is_other_provider(base: Node, top: Node, path: KeyPath) -> bool:
    if len(path) != 2 or path[0] != "providers" or "use" not in top.value:
        return False
    return "use" not in base.value or top.value["use"].value != base.value["use"].value


def _expanded(root: Node) -> Node:
    """The root with ``providers`` and ``fillers`` in their long form, which can be merged with a mapping."""
    root = _with_fillers(root)
    providers = root.value.get("providers")
    if providers is None:
        return root
    if isinstance(providers.value, str) and providers.value in SHORTHANDS:
        providers = Node.of(SHORTHANDS[providers.value], providers.file, providers.line)
    if not isinstance(providers.value, dict):
        return root
    parts = {
        part: Node.of({"use": node.value}, node.file, node.line) if isinstance(node.value, str) else node
        for part, node in providers.value.items()
    }
    return Node(root.value | {"providers": Node(parts, providers.file, providers.line)}, root.file, root.line)


def _with_fillers(root: Node) -> Node:
    fillers = root.value.get("fillers")
    if fillers is None or not isinstance(fillers.value, list):
        return root
    say = Node({"say": fillers}, fillers.file, fillers.line)
    return Node(root.value | {"fillers": say}, root.file, root.line)
