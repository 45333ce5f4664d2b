"""Inherited agents: switched off one by one or all together, and what leads to those that are gone."""

from collections.abc import Collection, Iterator, Mapping

from callagent.profile.sections.agent_settings import hand_over_tool
from callagent.yaml_config.errors import ConfigError, Problem, nearest
from callagent.yaml_config.yaml_file import Document, Node

_SWITCHES = ("hands_over", "collect")
"""Mappings of an agent of which an inherited entry can be switched off."""


def is_off(value: object) -> bool:
    """Tell whether a value is `off`: false in YAML 1.1 and the word in YAML 1.2."""
    return value is False or (isinstance(value, str) and value.casefold() in ("off", "no"))


def with_agents_settled(base: Document, top: Document) -> tuple[Document, Document]:
    """Return both documents, so that merging them key by key gives the agents that are meant.

    `agents: off` removes all inherited agents and `NAME: off` one of them, with the inherited ways to it (`start`,
    `hands_over`, `done`, scripted replies). `off` removes an inherited entry of `hands_over` and `collect` too.

    Raises:
        ConfigError: something is switched off that is not inherited.
    """
    inherited, own = _agents(base), top.root.child("agents")
    if own is None or not (is_off(own.value) or isinstance(own.value, dict)):
        return base, top
    written: Mapping[str, Node] = {} if is_off(own.value) else own.value
    gone = {*inherited} if is_off(own.value) else {name for name, node in written.items() if is_off(node.value)}
    if problems := [*_needless(written, inherited, top)]:
        raise ConfigError(*problems)
    kept = {
        name: _without(node, gone, _switched_off(written.get(name)))
        for name, node in inherited.items()
        if name not in gone
    }
    mine = {name: _without(node, (), _switched_off(node)) for name, node in written.items() if name not in gone}
    root = {key: node for key, node in base.root.value.items() if not (key == "start" and node.value in gone)}
    if "agents" in root:
        root["agents"] = root["agents"].with_value(kept)
    if "replies" in root and isinstance(root["replies"].value, list):
        replies = [each for each in root["replies"].value if not _is_of(each, gone)]
        root["replies"] = root["replies"].with_value(replies)
    settled = {**top.root.value, "agents": own.with_value(mine)}
    return Document(base.root.with_value(root)), Document(top.root.with_value(settled))


def without_tools(agents: Node, gone: Collection[str]) -> Node:
    """Return inherited agents without the tools that are not inherited with them."""
    if not isinstance(agents.value, dict):
        return agents

    def left(agent: Node) -> Node:
        tools = agent.child("tools")
        if tools is None or not isinstance(tools.value, list):
            return agent
        kept = [tool for tool in tools.value if tool.value not in gone]
        return agent.with_value({**agent.value, "tools": tools.with_value(kept)})

    return agents.with_value({name: left(agent) for name, agent in agents.value.items()})


def _agents(document: Document) -> Mapping[str, Node]:
    node = document.root.child("agents")
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _needless(written: Mapping[str, Node], inherited: Mapping[str, Node], top: Document) -> Iterator[Problem]:
    message = "is not inherited, so there is nothing to switch off"
    for name, agent in written.items():
        if is_off(agent.value) and name not in inherited:
            yield top.problem(("agents", name), message, nearest(name, inherited))
        for key, entries in _switched_off(agent).items():
            node = inherited[name].child(key) if name in inherited else None
            there = node.value if node is not None and isinstance(node.value, dict) else {}
            for entry in entries - there.keys():
                yield top.problem(("agents", name, key, entry), message, nearest(entry, there))


def _switched_off(agent: Node | None) -> dict[str, set[str]]:
    nodes = {key: agent.child(key) for key in _SWITCHES} if agent is not None else {}
    return {
        key: {name for name, entry in node.value.items() if is_off(entry.value)}
        for key, node in nodes.items()
        if node is not None and isinstance(node.value, dict)
    }


def _without(agent: Node, gone: Collection[str], off: Mapping[str, Collection[str]]) -> Node:
    """Return an agent that leads nowhere where nobody is, without the entries that are switched off."""
    if not isinstance(agent.value, dict):
        return agent
    kept = {key: node for key, node in agent.value.items() if not (key == "done" and node.value in gone)}
    for key in _SWITCHES:
        if key in kept and isinstance(kept[key].value, dict):
            leave = {*off.get(key, ()), *(gone if key == "hands_over" else ())}
            kept[key] = kept[key].with_value(
                {name: node for name, node in kept[key].value.items() if name not in leave}
            )
    return agent.with_value(kept)


def _is_of(reply: Node, gone: Collection[str]) -> bool:
    """Tell whether a scripted reply is one of an agent that is gone, or hands over to it."""
    agent, called = reply.child("agent"), reply.child("call")
    leads = called is not None and called.value in {hand_over_tool(name) for name in gone}
    return leads or (agent is not None and agent.value in gone)
