"""Several agents of a profile: what each is told, its models and tools, whom it hands over to, what it asks for."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, Literal, get_args

from pydantic import ConfigDict, Field, model_validator

from callagent.profile.sections.call_settings import ModuleTarget
from callagent.profile.sections.provider_settings import ProviderSpec
from callagent.profile.text_templates import Template
from callagent.yaml_config.errors import Flaw, FlawsError, nearest
from callagent.yaml_config.validation import Settings, Text, Texts

Asked = Literal[
    "name",
    "first_name",
    "last_name",
    "phone_number",
    "email",
    "address",
    "date",
    "date_of_birth",
    "credit_card",
    "dtmf",
]
"""What a caller can be asked for."""

_NAME = ("update_name", "confirm_name", "decline_name_capture")

TASK_TOOLS: Final[Mapping[Asked, tuple[str, ...]]] = {
    "name": _NAME,
    "first_name": _NAME,
    "last_name": _NAME,
    "phone_number": ("update_phone_number", "confirm_phone_number", "decline_phone_number_capture"),
    "email": ("update_email_address", "confirm_email_address", "decline_email_capture"),
    "address": ("update_address", "confirm_address", "decline_address_capture"),
    "date": ("update_date", "confirm_date", "decline_date_capture"),
    "date_of_birth": ("update_dob", "confirm_dob", "decline_dob_capture"),
    "credit_card": (
        *("update_card_number", "confirm_card_number", "update_expiration_date", "confirm_expiration_date"),
        *("update_security_code", "confirm_security_code", "decline_card_capture", "restart_card_collection"),
        *_NAME,
    ),
    "dtmf": ("record_digits", "decline_digits_capture"),
}
"""The tools that the model has while it asks for something, livekit's own where livekit has a task for it."""

CHANGE_ANSWER: Final = "change_answer"
"""The tool with which the model goes back to something that was asked for before."""

MODELS: Final = ("stt", "tts", "llm")
"""Keys of an agent that name a provider, as those of `providers` do."""

_OF_A_CLASS = ("instructions", "greeting", "collect", "done")
"""What an agent of the author's own says and does by itself."""


def hand_over_tool(to: str) -> str:
    """Return the name of the tool that hands over to an agent."""
    return f"to_{to}"


def _text_or_mapping(schema: dict[str, Any]) -> None:
    mapping = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties")}
    schema["anyOf"] = [{"enum": list(get_args(Asked))}, mapping, {"enum": [False, "off"]}]


class CollectSpec(Settings):
    """Something that a caller is asked for. What it is alone is short for `{what: …}`."""

    model_config = ConfigDict(json_schema_extra=_text_or_mapping)

    what: Asked = Field(description="What it is.")
    ask: Template = Field("", description="The question; left out, the model asks, or takes what was said before.")
    confirm: bool | None = Field(
        None,
        description="Whether it is said back for the caller to confirm. Left out: what is spoken is, typed is not.",
    )
    required: bool = Field(
        False,
        description="Whether the call cannot go on without it: a caller who would rather not tell it is asked again, "
        "three times in all, and without it the agent of `done` does not get the call.",
    )
    instructions: Template = Field("", description="What the model has to know about it besides.")
    digits: int | None = Field(None, ge=1, le=40, description="How many digits `dtmf` has.")

    @model_validator(mode="before")
    @classmethod
    def _text_is_what(cls, value: Any) -> Any:
        return {"what": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _digits_are_keyed_in(self) -> "CollectSpec":
        if self.what == "dtmf" and self.digits is None:
            raise FlawsError(Flaw(("digits",), "is missing: how many digits to wait for"))
        if self.what != "dtmf" and self.digits is not None:
            raise FlawsError(Flaw(("digits",), "is for `dtmf`"))
        return self


def _mapping_or_off(schema: dict[str, Any]) -> None:
    del schema["type"]
    schema["anyOf"] = [{"type": "object"}, {"enum": [False, "off"]}]


class AgentSpec(Settings):
    """One of several agents. It speaks for the profile: what stands there and not here goes for it too."""

    model_config = ConfigDict(json_schema_extra=_mapping_or_off)

    instructions: Template = Field("", description="Its system prompt, after the `instructions` of the profile.")
    greeting: Template = Field(
        "",
        description="What it says when the call is handed over to it; empty: the model goes on. A call begins with the "
        "`greeting` of the profile.",
    )
    agent: ModuleTarget | None = Field(
        None, description="An agent of your own, as the `agent` of a profile; it says by itself what it does."
    )
    stt: ProviderSpec | None = Field(None, description="Its speech to text, as in `providers`; left out: that one.")
    tts: ProviderSpec | None = Field(None, description="Its voice, as in `providers`; left out: that one.")
    llm: ProviderSpec | None = Field(None, description="Its model, as in `providers`; left out: that one.")
    tools: Texts | None = Field(
        None, description="What it has of the `tools` and `mcp` of the profile, by name; left out: all."
    )
    hands_over: dict[str, Text] = Field(
        default_factory=dict,
        description="The agents that it may hand the caller over to, and when, for the model: tools `to_NAME`.",
    )
    context: Literal["carried", "summarised", "fresh"] = Field(
        "carried",
        description="What it knows of the conversation before it: all of it, a summary that the model makes, nothing.",
    )
    collect: dict[str, CollectSpec] = Field(
        default_factory=dict,
        description="What it asks the caller for as soon as it has the call, by the name in `call.state`.",
    )
    done: str | None = Field(
        None,
        description="The agent that gets the call when all of `collect` was asked for; none: this one goes on.",
    )

    @property
    def models(self) -> dict[str, ProviderSpec]:
        """The models of its own, by part."""
        return {part: spec for part in MODELS if (spec := getattr(self, part)) is not None}

    @property
    def leads_to(self) -> tuple[str, ...]:
        """The agents that may get the call from it."""
        return (*self.hands_over, *([self.done] if self.done is not None else []))

    @property
    def own_tools(self) -> tuple[str, ...]:
        """The names of the tools that it has besides those of the profile."""
        asked = [tool for each in self.collect.values() for tool in TASK_TOOLS[each.what]]
        change = [CHANGE_ANSWER] if len(self.collect) > 1 else []
        return tuple(dict.fromkeys((*map(hand_over_tool, self.hands_over), *asked, *change)))

    @model_validator(mode="after")
    def _class_speaks_for_itself(self) -> "AgentSpec":
        said = [key for key in _OF_A_CLASS if getattr(self, key)] if self.agent is not None else []
        flaws = [Flaw((key,), "is for an agent without `agent`: an own one says it itself") for key in said]
        if self.done is not None and not self.collect and self.agent is None:
            flaws.append(Flaw(("done",), "needs `collect`: without it nothing is ever done; see `hands_over`"))
        wrong = [name for name in self.collect if not name.isidentifier()]
        flaws += [Flaw(("collect", name), "is not a name (letters, digits and _)") for name in wrong]
        if flaws:
            raise FlawsError(*flaws)
        return self


def check_agents(
    agents: Mapping[str, AgentSpec], start: str | None, tools: Collection[str], servers: Collection[str]
) -> None:
    """Raise FlawsError for agents between which a call could get lost; paths are those of the profile.

    Args:
        start: the agent that has the call first.
        tools: the names of the profile's `tools`.
        servers: the names of its `mcp`.
    """
    flaws = [*_start_flaws(agents, start)]
    for name, agent in agents.items():
        flaws += [Flaw(("agents", name, *flaw.path), flaw.message, flaw.nearest) for flaw in _name_flaws(name)]
        flaws += _hand_over_flaws(agents, name, agent, tools)
        known = [*tools, *servers]
        for index, tool in enumerate(agent.tools or ()):
            if tool not in known:
                message = f"the profile has no tool '{tool}'"
                flaws.append(Flaw(("agents", name, "tools", index), message, nearest(tool, known)))
    if not flaws:
        flaws += [
            Flaw(("agents", name), "nothing leads to it: no agent hands over to it, and it is not `start`")
            for name in _out_of_reach(agents, start)
        ]
    if flaws:
        raise FlawsError(*flaws)


def _start_flaws(agents: Mapping[str, AgentSpec], start: str | None) -> Iterator[Flaw]:
    if start is None and agents:
        yield Flaw(("start",), "is missing: which of the `agents` has the call first")
    elif start is not None and not agents:
        yield Flaw(("start",), "names an agent, and there are no `agents`")
    elif start is not None and start not in agents:
        yield Flaw(("start",), f"there is no agent '{start}'", nearest(start, agents))


def _name_flaws(name: str) -> Iterator[Flaw]:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
        yield Flaw((), "the name of an agent has small letters, digits and _, at most 60")


def _hand_over_flaws(
    agents: Mapping[str, AgentSpec], name: str, agent: AgentSpec, tools: Collection[str]
) -> Iterator[Flaw]:
    ways = [("hands_over", to) for to in agent.hands_over]
    for path, to in [*((way, way[1]) for way in ways), *([(("done",), agent.done)] if agent.done is not None else [])]:
        if to == name:
            yield Flaw(("agents", name, *path), "cannot hand over to itself")
        elif to not in agents:
            yield Flaw(("agents", name, *path), f"there is no agent '{to}'", nearest(to, agents))
    for to in agent.hands_over:
        if hand_over_tool(to) in tools:
            message = f"makes a tool '{hand_over_tool(to)}', and there is one in `tools`"
            yield Flaw(("agents", name, "hands_over", to), message)


def _out_of_reach(agents: Mapping[str, AgentSpec], start: str | None) -> list[str]:
    """Return the agents that never get the call; none where code of an author's may hand it over."""
    reached: set[str] = set()
    to_look_at = [start] if start is not None else []
    while to_look_at:
        name = to_look_at.pop()
        if name not in reached:
            reached.add(name)
            to_look_at += agents[name].leads_to
    return [] if any(agents[name].agent for name in reached) else [name for name in agents if name not in reached]
