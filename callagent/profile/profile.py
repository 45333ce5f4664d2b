"""The profile: everything about an agent that changes from one locale or customer to the next."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, field_validator, model_validator

from callagent.plaintext import host_of
from callagent.profile.after_call_settings import AfterCallSettings
from callagent.profile.sections.agent_settings import AgentSpec, check_agents
from callagent.profile.sections.background_settings import BackgroundSettings
from callagent.profile.sections.call_settings import (
    FlowSettings,
    HoldSettings,
    HookSettings,
    KeySettings,
    LimitSettings,
    ModuleTarget,
    NumberSettings,
    Phrases,
    TimeZone,
    TransferSettings,
    check_costs,
    check_numbers,
    check_refers,
)
from callagent.profile.sections.compliance_settings import ComplianceSettings, PrivacySettings
from callagent.profile.sections.dial_settings import DialSettings
from callagent.profile.sections.mcp_settings import McpServer
from callagent.profile.sections.outage_settings import OutageSettings
from callagent.profile.sections.provider_settings import ModelSettings, ProviderOptions, ProviderSpec, ProvidersSpec
from callagent.profile.sections.reading_settings import NumberReading, SpeechSettings
from callagent.profile.sections.recording_settings import RecordingSettings, check_recording
from callagent.profile.sections.reply_settings import ReplySpec, check_replies
from callagent.profile.sections.tool_settings import TRANSFERS, FillerSettings, ToolSpec, check_tools
from callagent.profile.sections.turn_settings import EndpointingSettings, InterruptionSettings, VadSettings
from callagent.profile.text_templates import Template
from callagent.sanitise import masked_urls
from callagent.yaml_config.errors import Flaw, FlawsError
from callagent.yaml_config.origins import Places
from callagent.yaml_config.validation import Settings, Text, Texts

_REGION = re.compile(r"-([A-Z]{2})(?:-|$)")


class Profile(Settings):
    """A whole profile, resolved: bases merged, overrides applied, values checked. All times are in seconds."""

    name: Text = Field(description="Name of the profile: its file name without the ending. Set on loading.")
    description: str = Field("", description="One line about the profile, shown by `callagent profile list`.")
    extends: str | Texts | None = Field(
        None,
        description="Profile to start from: a name, or a path relative to this file; or a list of them, each laid over "
        "those before it.",
    )
    abstract: bool = Field(False, description="True for a profile that is there only to be extended.")
    language: str = Field(
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="Language tag (BCP 47), for example en-US."
    )
    time_zone: TimeZone | None = Field(
        None,
        description="Time zone (IANA name) of `{date}`, `{time}` and `{weekday}` in texts; left out: that of the "
        "number that was called, or else of the machine.",
    )
    providers: ProvidersSpec = Field(
        default_factory=ProvidersSpec, description="`local`, `cloud`, or a mapping that chooses each part."
    )
    provider_options: ProviderOptions = Field(
        default_factory=ProviderOptions,
        description="Options of providers by part and name: what stands in `providers` beside `use` wins over them.",
    )
    model: ModelSettings = Field(
        default_factory=ModelSettings, description="How the model and the speech providers are asked."
    )
    vad: VadSettings = Field(default_factory=VadSettings, description="Voice activity detection.")
    endpointing: EndpointingSettings = Field(
        default_factory=EndpointingSettings, description="When the caller's turn is over."
    )
    interruption: InterruptionSettings = Field(description="What stops the agent, and what does not.")
    greeting: Template = Field(
        "",
        description="What the agent says first; empty: it waits for the caller. `{caller.number}` and the like are "
        "filled in.",
    )
    instructions: Template = Field(
        "", description="System prompt of the LLM; `{caller.number}` and the like are filled in."
    )
    agent: ModuleTarget | None = Field(
        None,
        description="An agent of your own, as package.module:name: a livekit `Agent` class, or a function that gets "
        "the `callagent.Call` and returns an agent. It greets by itself. Left out: the one that the profile describes.",
    )
    state: ModuleTarget | None = Field(
        None, description="Class or function, as package.module:name, that makes `call.state` when a call begins."
    )
    hooks: HookSettings = Field(
        default_factory=HookSettings,
        description="Functions of your own that run when a call begins and when it is over.",
    )
    start: str | None = Field(None, description="The one of the `agents` that has the call first.")
    agents: dict[str, AgentSpec] = Field(
        default_factory=dict,
        description="Several agents that hand the caller over to each other, by name; `off` removes an inherited one, "
        "or all of them.",
        json_schema_extra={"anyOf": [{"type": "object"}, {"enum": [False, "off"]}]},
    )
    fillers: FillerSettings = Field(
        default_factory=lambda: FillerSettings(say=()),
        description="Polite phrases for the time that a tool takes: a list, or how often and how many as well.",
    )
    number_reading: NumberReading = Field(
        default_factory=NumberReading, description="How strings of digits are read aloud."
    )
    speech: SpeechSettings = Field(
        default_factory=SpeechSettings, description="How words are pronounced, and what else becomes of spoken text."
    )
    dialling: DialSettings = Field(default_factory=DialSettings, description="Outbound calls and their guards.")
    tools: dict[str, ToolSpec] = Field(
        default_factory=dict,
        description="Tools of the agent by name; `off` removes an inherited one, or all of them.",
        json_schema_extra={"anyOf": [{"type": "object"}, {"enum": [False, "off"]}]},
    )
    mcp: dict[str, McpServer] = Field(default_factory=dict, description="MCP servers, whose tools the agent has too.")
    replies: Annotated[tuple[ReplySpec, ...], Field(strict=False)] = Field(
        (), description="Answers of the scripted LLM; the first that matches is taken."
    )
    otherwise: Text = Field(
        "Could you say that again, please?", description="What the scripted LLM says when no reply matches."
    )

    flow: FlowSettings = Field(default_factory=FlowSettings, description="How long a call and a silence may last.")
    compliance: ComplianceSettings = Field(
        default_factory=ComplianceSettings,
        description="What the other side must be told, by when, and how they are not called again.",
    )
    privacy: PrivacySettings = Field(default_factory=PrivacySettings, description="What of a call is not kept.")
    after_call: AfterCallSettings = Field(default_factory=AfterCallSettings, description="A model looks at it later.")
    recording: RecordingSettings = Field(default_factory=RecordingSettings, description="Whether calls are recorded.")
    limits: LimitSettings = Field(
        default_factory=LimitSettings, description="What a provider may send before it counts as failed."
    )
    outage: OutageSettings = Field(
        default_factory=OutageSettings, description="What a caller gets when providers fail for good."
    )
    transfer: TransferSettings = Field(default_factory=TransferSettings, description="Where callers are transferred.")
    hold: HoldSettings = Field(default_factory=HoldSettings, description="What the caller hears on hold.")
    background: BackgroundSettings = Field(
        default_factory=BackgroundSettings, description="Sounds that the caller hears behind the agent."
    )
    keys: KeySettings = Field(default_factory=KeySettings, description="What keys that the caller presses do.")
    numbers: dict[str, NumberSettings] = Field(
        default_factory=dict, description="What is different when one of our numbers is dialled, by number (E.164)."
    )
    phrases: Phrases = Field(default_factory=Phrases, description="Phrases for moments in which no LLM is asked.")

    _places: Places = PrivateAttr(default_factory=Places)

    @property
    def places(self) -> Places:
        """Where its providers, tools and replies, and its sections `endpointing`, `dialling` and `hold`, stand."""
        return self._places

    def placed_as(self, other: "Profile") -> "Profile":
        """Return this profile itself, what it has from `other` placed as there."""
        self._places.take_over(other.places)
        return self

    def with_providers(self, chosen: Mapping[str, ProviderSpec], at: str) -> "Profile":
        """Return this profile with other providers for some parts, which stand at `at` (`agents.orders`)."""
        copy = self.model_copy(update={"providers": self.providers.model_copy(update=dict(chosen))})
        copy._places = self.places.moved({f"{at}.{part}": f"providers.{part}" for part in chosen})
        return copy

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_read_as_in_its_country(cls, data: Any) -> Any:
        """Give `number_reading` the region of `language` where it names none."""
        if not isinstance(data, dict):
            return data
        region = _REGION.search(str(data.get("language", "")))
        reading = data.get("number_reading", {})
        if region is None or not isinstance(reading, dict) or reading.get("region", "") != "":
            return data
        return {**data, "number_reading": {**reading, "region": region[1]}}

    @field_validator("tools")
    @classmethod
    def _tools_can_run(cls, tools: dict[str, ToolSpec]) -> dict[str, ToolSpec]:
        check_tools(tools)
        return tools

    @model_validator(mode="after")
    def _agents_lead_to_each_other(self) -> "Profile":
        if self.agents and self.agent is not None:
            message = "stands beside `agents`: name your own at one of them, `agents: {NAME: {agent: …}}`"
            raise FlawsError(Flaw(("agent",), message))
        check_agents(self.agents, self.start, self.tools, self.mcp)
        return self

    @model_validator(mode="after")
    def _consent_can_be_given(self) -> "Profile":
        check_recording(self.recording, self.compliance)
        return self

    @model_validator(mode="after")
    def _replies_call_known_tools(self) -> "Profile":
        elsewhere = [name for server in self.mcp.values() for name in server.allowed or ()]
        elsewhere += [name for agent in self.agents.values() for name in agent.own_tools]
        own = self.agent is not None or any(agent.agent for agent in self.agents.values())
        flaws = check_replies(self.replies, self.tools, elsewhere, tuple(self.agents), more=own)
        if flaws:
            raise FlawsError(*(Flaw(("replies", *flaw.path), flaw.message, flaw.nearest) for flaw in flaws))
        return self

    @model_validator(mode="after")
    def _transfers_lead_somewhere(self) -> "Profile":
        flaws = [
            Flaw(("tools", name), "needs transfer.destinations to choose from")
            for name in sorted(TRANSFERS & self.tools.keys())
            if not self.transfer.destinations
        ]
        if "warm_transfer" in self.tools and self.transfer.destinations and not self.transfer.trunk:
            flaws.append(Flaw(("transfer", "trunk"), "is missing; warm_transfer dials through it"))
        if flaws:
            raise FlawsError(*flaws)
        return self

    @model_validator(mode="after")
    def _transfers_can_be_made(self) -> "Profile":
        try:
            check_costs(self.transfer.destinations, self.dialling.refused_kinds)
            check_refers(self.transfer.destinations, self.tools)
        except FlawsError as error:
            above = ("transfer", "destinations")
            raise FlawsError(*(Flaw((*above, *flaw.path), flaw.message) for flaw in error.flaws)) from None
        return self

    @model_validator(mode="after")
    def _numbers_offer_known_tools(self) -> "Profile":
        try:
            check_numbers(self.numbers, self.tools)
        except FlawsError as error:
            raise FlawsError(*(Flaw(("numbers", *flaw.path), flaw.message) for flaw in error.flaws)) from None
        return self

    def for_number(self, number: str) -> "Profile":
        """Return the profile of a call to one of our numbers (E.164): its greeting, and only its tools."""
        settings = self.numbers.get(number)
        if settings is None:
            return self
        offered = self.tools if settings.tools is None else {name: self.tools[name] for name in settings.tools}
        gone = self.tools.keys() - offered.keys()
        replies = tuple(reply for reply in self.replies if reply.tool not in gone)
        greeting = self.greeting if settings.greeting is None else settings.greeting
        return self.model_copy(update={"greeting": greeting, "tools": offered, "replies": replies})


def targets_of(profile: Profile) -> tuple[str, ...]:
    """Return what it runs, each once: its agent, its hooks and the like, functions of its tools and those that make
    its providers, as `package.module:function`, and programs of its MCP servers.
    """
    hooks, flow, speech = profile.hooks, profile.flow, profile.speech
    agents = (agent.agent for agent in profile.agents.values())
    own = (profile.agent, *agents, profile.state, hooks.started, hooks.ended, flow.on_wake_up, *speech.transforms)
    run = (target for target in (*own, *(spec.run for spec in profile.tools.values())) if target is not None)
    chosen = (member for part in _providers_of(profile) for member in part.members)
    makers = (member.use for member in chosen if ":" in member.use and "/" not in member.use)
    programs = (server.command[0] for server in profile.mcp.values() if server.command)
    return tuple(dict.fromkeys((*run, *makers, *programs)))


def hosts_of(profile: Profile) -> tuple[str, ...]:
    """Return the hosts of its providers, chosen or not, and of its tools, each once; a ``${NAME}`` as it is written."""
    chosen = (member.options for part in _providers_of(profile) for member in part.members)
    others = (getattr(profile.provider_options, part) for part in type(profile.provider_options).model_fields)
    requests = [tool.http.url for tool in profile.tools.values() if tool.http is not None]
    servers = [server.url for server in profile.mcp.values() if server.url is not None]
    own = ({"url": url} for url in (*requests, *servers))
    return tuple(dict.fromkeys(host for options in (*chosen, *others, *own) for host in _hosts(options)))


def _providers_of(profile: Profile) -> Iterator[ProviderSpec]:
    """Yield the providers of the profile, and those of its agents."""
    yield from (getattr(profile.providers, part) for part in type(profile.providers).model_fields)
    for agent in profile.agents.values():
        yield from agent.models.values()


def _hosts(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _hosts(inner, str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _hosts(inner, key)
    elif isinstance(value, str) and value and ("://" in value or key == "base_url"):
        reference = "${" in value.partition("://")[2].partition("/")[0] or "://" not in value
        yield masked_urls(value) if reference else host_of(value) or masked_urls(value)
