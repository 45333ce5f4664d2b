"""One document laid over another, every value keeping the file and line it came from."""

from collections.abc import Callable, Mapping, Set

from callagent.profile.agent_inheritance import is_off, with_agents_settled, without_tools
from callagent.profile.sections.agent_settings import MODELS
from callagent.profile.sections.compliance_settings import long_form
from callagent.profile.sections.provider_settings import SHORTHANDS
from callagent.yaml_config.errors import ConfigError, Problem, nearest
from callagent.yaml_config.yaml_file import Document, KeyPath, Node

_DEEDS = ("run", "http", "returns")
"""What a tool does. A tool that says it anew is another one: nothing of the inherited one is kept."""

_WHOLE = 2
"""Length of the path of a whole tool: `tools.NAME`."""


def with_tools_settled(base: Document, top: Document, at: KeyPath) -> tuple[Document, Document]:
    """Return both documents, so that merging them key by key gives the tools (and what calls them) that are meant.

    `tools: off` removes all inherited tools and `NAME: off` one of them. A tool of `top` with `run` or `returns`
    replaces the inherited one; otherwise its keys are laid over it, `parameters` as one. Inherited scripted replies and
    lists of `numbers` and `agents` lose what is not there any more, unless `top` writes them itself.

    Args:
        at: path of the only value of `top`, where it was set by itself (`--set tools.book.returns=…`); (): a file.

    Raises:
        ConfigError: a tool is switched off that is not inherited.
    """
    inherited, own = _tools(base), top.root.child("tools")
    if own is None:
        return base, top
    if is_off(own.value):
        settled, mine = dict[str, Node](), own.with_value({})
    elif isinstance(own.value, dict):
        kept = {name: node for name, node in own.value.items() if not is_off(node.value)}
        _check_switches(own.value, inherited, top)
        settled = {
            name: _kept_below(node, own.value.get(name), at)
            for name, node in inherited.items()
            if name not in own.value or name in kept
        }
        mine = own.with_value(kept)
    else:
        return base, top
    changed = {name for name, node in inherited.items() if settled.get(name) is not node}
    parameters = {name: _parameters(mine.child(name)) or _parameters(node) for name, node in settled.items()}
    root = {**base.root.value, **_callers(base, changed, parameters)}
    if "tools" in root:
        root["tools"] = root["tools"].with_value(settled)
    return _with_root(base, root), _with_root(top, {**top.root.value, "tools": mine})


def _tools(document: Document) -> Mapping[str, Node]:
    node = document.root.child("tools")
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _with_root(document: Document, root: dict[str, Node]) -> Document:
    return Document(document.root.with_value(root))


def _check_switches(own: Mapping[str, Node], inherited: Mapping[str, Node], top: Document) -> None:
    problems: list[Problem] = []
    for name, node in own.items():
        if is_off(node.value) and name not in inherited:
            message = "is not inherited, so there is nothing to switch off"
            problems.append(top.problem(("tools", name), message, nearest(name, inherited)))
        elif node.value is None and name in inherited and inherited[name].value:
            problems.append(top.problem(("tools", name), "has no value; write `off` to remove the inherited tool"))
    if problems:
        raise ConfigError(*problems)


def _kept_below(inherited: Node, own: Node | None, at: KeyPath) -> Node:
    """Return what is left of an inherited tool below the one that is laid over it."""
    if own is None or not isinstance(own.value, dict) or not isinstance(inherited.value, dict):
        return inherited
    deeds = own.value.keys() & set(_DEEDS)
    if deeds and len(at) <= _WHOLE:
        return inherited.with_value({})
    gone = set(_DEEDS) - deeds if deeds else set()
    if "parameters" in own.value and len(at) <= _WHOLE + 1:
        gone.add("parameters")
    if not gone & inherited.value.keys():
        return inherited
    kept = {key: node for key, node in inherited.value.items() if key not in gone}
    return inherited.with_value(kept)


def _callers(base: Document, changed: set[str], parameters: Mapping[str, Set[str]]) -> dict[str, Node]:
    """Return the inherited replies and numbers, without calls of tools that are
    gone or that take something else now.
    """
    result: dict[str, Node] = {}
    replies, numbers = base.root.child("replies"), base.root.child("numbers")
    agents = base.root.child("agents")
    if agents is not None:
        result["agents"] = without_tools(agents, changed - parameters.keys())
    if replies is not None and isinstance(replies.value, list):
        kept = [reply for reply in replies.value if _fits(reply, changed, parameters)]
        result["replies"] = replies.with_value(kept)
    if numbers is not None and isinstance(numbers.value, dict):
        left = {number: _without(node, changed - parameters.keys()) for number, node in numbers.value.items()}
        result["numbers"] = numbers.with_value(left)
    return result


def _fits(reply: Node, changed: set[str], parameters: Mapping[str, Set[str]]) -> bool:
    called = reply.child("call")
    name = None if called is None else called.value
    if not isinstance(name, str) or name not in changed:
        return True
    given = reply.child("with")
    return name in parameters and parameters[name] == _names(given)


def _parameters(tool: Node | None) -> Set[str]:
    """Return the names of a tool's arguments; of a JSON Schema, its properties."""
    written = tool.child("parameters") if tool is not None else None
    form = written.child("type") if written is not None else None
    is_schema = written is not None and form is not None and form.value == "object"
    return _names(written.child("properties") if written is not None and is_schema else written)


def _names(node: Node | None) -> Set[str]:
    return node.value.keys() if node is not None and isinstance(node.value, dict) else frozenset()


def _without(number: Node, gone: set[str]) -> Node:
    offered = number.child("tools")
    if offered is None or not isinstance(offered.value, list):
        return number
    kept = offered.with_value([tool for tool in offered.value if tool.value not in gone])
    return number.with_value({**number.value, "tools": kept})


_NOT_INHERITED = ("name", "description", "extends", "abstract")


def overlay(base: Document, top: Document, *, at: KeyPath = ()) -> Document:
    """Return ``top`` over ``base``: mappings are merged key by key, lists and single values replace what was there.

    A provider that names another ``use`` replaces the one below it with all its options; tools follow
    ``with_tools_settled``, which tells what ``at`` is. Raises ConfigError for a tool that cannot be switched off.
    """
    base, top = with_tools_settled(base, top, at)
    base, top = with_agents_settled(base, top)
    return Document(_merged(_expanded(base.root), _expanded(top.root), ()))


def standing_alone(document: Document) -> Document:
    """Return a document that extends nothing. Raise ConfigError for what is switched off all the same."""
    nothing = Document(Node({}, document.file, None))
    return with_agents_settled(nothing, with_tools_settled(nothing, document, ())[1])[1]


def inherit(base: Document, top: Document) -> Document:
    """Return ``top`` over the profile that it extends, without what that profile
    says of itself alone (its description).
    """
    root = base.root
    kept = {key: node for key, node in root.value.items() if key not in _NOT_INHERITED}
    return overlay(Document(root.with_value(kept)), top)


def with_provider_options(document: Document) -> Document:
    """Return the document with the `provider_options` of the providers that are
    chosen under the options in `providers`.
    """
    root = _expanded(document.root)
    offered = root.value.get("provider_options")
    providers = root.value.get("providers") or root.with_value({})
    if offered is None or not isinstance(offered.value, dict) or not isinstance(providers.value, dict):
        return document

    def completed(chosen: Node, part: str) -> Node:
        options, default = offered.child(part), SHORTHANDS["local"][part]
        if options is None:
            return chosen
        if isinstance(chosen.value, list):
            members = [_with_options(member, options, default) for member in chosen.value]
            return chosen.with_value(members)
        return _with_options(chosen, options, default)

    parts = dict(providers.value)
    for part, default in SHORTHANDS["local"].items():
        if part in parts or offered.child(part) is not None:
            chosen = parts.get(part) or Node.of({"use": default}, providers.file, providers.line)
            parts[part] = completed(chosen, part)
    root = _with_models(root, completed)
    merged = root.value | {"providers": providers.with_value(parts)}
    return Document(root.with_value(merged))


def _with_options(chosen: Node, options: Node, default: str) -> Node:
    """Return the provider with its options of `options` under those that stand beside its `use`."""
    if not isinstance(chosen.value, dict):
        return chosen
    use = chosen.value.get("use") or chosen.with_value(default)
    given = options.child(use.value) if isinstance(use.value, str) else None
    if given is None or not isinstance(given.value, dict):
        return chosen
    return chosen.with_value({**given.value, **chosen.value, "use": use})


def _merged(base: Node, top: Node, path: KeyPath) -> Node:
    if not isinstance(base.value, dict) or not isinstance(top.value, dict) or _is_other_provider(base, top, path):
        return top
    result = dict(base.value)
    for key, node in top.value.items():
        result[key] = _merged(result[key], node, (*path, key)) if key in result else node
    # An override has no line of its own: what is missing in a mapping is missing in the file below it.
    origin = base if top.line is None else top
    return origin.with_value(result)


def _is_other_provider(base: Node, top: Node, path: KeyPath) -> bool:
    of_agent = len(path) == 3 and path[0] == "agents" and path[2] in MODELS
    if not (of_agent or (len(path) == 2 and path[0] == "providers")) or "use" not in top.value:
        return False
    return "use" not in base.value or top.value["use"].value != base.value["use"].value


def _expanded(root: Node) -> Node:
    """Return the root with ``providers``, ``fillers`` and ``compliance.disclosures`` in their long form, which can be
    merged with a mapping.
    """
    root = _with_models(_with_disclosures(_with_fillers(root)))
    providers = root.value.get("providers")
    if providers is None:
        return root
    if isinstance(providers.value, str) and providers.value in SHORTHANDS:
        providers = Node.of(SHORTHANDS[providers.value], providers.file, providers.line)
    if not isinstance(providers.value, dict):
        return root
    parts = {part: _long_form(node) for part, node in providers.value.items()}
    return root.with_value(root.value | {"providers": providers.with_value(parts)})


def _long_form(provider: Node) -> Node:
    """Return a provider that is written as its name as a mapping, and those of a list too."""
    if isinstance(provider.value, list):
        return provider.with_value([_long_form(member) for member in provider.value])
    named = isinstance(provider.value, str)
    return Node.of({"use": provider.value}, provider.file, provider.line) if named else provider


def _with_models(root: Node, form: Callable[[Node, str], Node] = lambda model, _: _long_form(model)) -> Node:
    """Return the root with the models of its agents in another form; the form is given a model and its part."""
    agents = root.value.get("agents")
    if agents is None or not isinstance(agents.value, dict):
        return root

    def formed(agent: Node) -> Node:
        if not isinstance(agent.value, dict):
            return agent
        models = {part: form(node, part) for part, node in agent.value.items() if part in MODELS}
        return agent.with_value(agent.value | models)

    changed = {name: formed(agent) for name, agent in agents.value.items()}
    return root.with_value(root.value | {"agents": agents.with_value(changed)})


def _with_fillers(root: Node) -> Node:
    fillers = root.value.get("fillers")
    if fillers is None or not isinstance(fillers.value, list):
        return root
    say = fillers.with_value({"say": fillers})
    return root.with_value(root.value | {"fillers": say})


def _with_disclosures(root: Node) -> Node:
    compliance = root.child("compliance")
    disclosures = None if compliance is None else compliance.child("disclosures")
    if compliance is None or disclosures is None or not isinstance(disclosures.value, dict):
        return root

    def formed(node: Node) -> Node:
        form = None if isinstance(node.value, dict) else long_form(node.value)
        return Node.of(form, node.file, node.line) if isinstance(form, dict) else node

    forms = {name: formed(node) for name, node in disclosures.value.items()}
    settled = compliance.with_value({**compliance.value, "disclosures": disclosures.with_value(forms)})
    return root.with_value(root.value | {"compliance": settled})
